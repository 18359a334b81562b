//! All forms in which a scenario goes to a real broker.

use super::files::File;
use super::remark::Remarked;
use super::topology::Topology;
use super::{admin, asyncapi, clients, compose, definitions, terraform};
use crate::base::Language;
use crate::scenario::Scenario;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RabbitMQ's definitions.
    Rabbitmq,
    /// A broker in a container that has the definitions from the beginning (Docker Compose).
    Compose,
    /// Resources of the provider `rabbitmq` (Terraform, OpenTofu).
    Terraform,
    /// A description of channels and operations (AsyncAPI 3).
    Asyncapi,
    /// A shell script of `rabbitmqadmin`'s commands.
    Rabbitmqadmin,
    /// Programs that publish and consume as drawn, in four languages.
    Clients,
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// One text.
    Text(String),
    /// Several files.
    Files(Vec<File>),
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 6] =
        [Form::Rabbitmq, Form::Compose, Form::Terraform, Form::Asyncapi, Form::Rabbitmqadmin, Form::Clients];

    /// The end of a file's name, behind the scenario's title and a dot; several files are one archive.
    pub fn ending(self) -> &'static str {
        match self {
            Form::Rabbitmq => "definitions.json",
            Form::Compose => "compose.zip",
            Form::Terraform => "tf",
            Form::Asyncapi => "asyncapi.json",
            Form::Rabbitmqadmin => "rabbitmqadmin.sh",
            Form::Clients => "clients.zip",
        }
    }

    /// What a file of it is (RFC 6838).
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Rabbitmq | Form::Asyncapi => "application/json",
            Form::Compose | Form::Clients => "application/zip",
            Form::Terraform | Form::Rabbitmqadmin => "text/plain",
        }
    }

    /// A scenario in this form, for a virtual host, its parts called as in a language; and what does not come along.
    pub fn of(self, scenario: &Scenario, host: &str, language: Language) -> (Content, Vec<Remarked>) {
        let (topology, remarks) = Topology::of(scenario, language);
        let content = match self {
            Form::Rabbitmq => Content::Text(definitions::text(&topology, host)),
            Form::Compose => Content::Files(compose::files(&definitions::text(&topology, host))),
            Form::Terraform => Content::Text(terraform::text(&topology, host)),
            Form::Asyncapi => Content::Text(format!("{:#}\n", asyncapi::document(scenario, &topology, language))),
            Form::Rabbitmqadmin => Content::Text(admin::commands(&topology, host)),
            Form::Clients => Content::Files(clients::files(scenario, &topology, language)),
        };
        (content, remarks)
    }
}
