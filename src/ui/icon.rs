//! The shell's small pictures: lines on a grid of 24 by 24 that take the colour of the text around them.

use yew::prelude::*;

use crate::scenario::NodeKind;
use crate::view::glyph;

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Open,
    Save,
    Share,
    Broker,
    Undo,
    Redo,
    Language,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    Help,
    Commands,
    Close,
    Add,
    Remove,
    Details,
    Reset,
    Play,
    Pause,
    Step,
    StepBack,
    PreviousMark,
    NextMark,
    Charts,
    Fork,
    Crash,
    Restart,
    Delete,
    Duplicate,
    Memory,
    Up,
    Down,
    Outline,
    Lessons,
    Present,
    Print,
    Done,
    Back,
    Kind(NodeKind),
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Open => {
                "M3 7.5V18a1.5 1.5 0 0 0 1.5 1.5h15A1.5 1.5 0 0 0 21 18V9a1.5 1.5 0 0 0-1.5-1.5H12L9.8 4.5H4.5A1.5 1.5 0 0 0 3 6z"
            }
            Icon::Save => "M12 4v11m-4.5-4.5L12 15l4.5-4.5M4 16.5v2A1.5 1.5 0 0 0 5.5 20h13a1.5 1.5 0 0 0 1.5-1.5v-2",
            Icon::Broker => "M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v4",
            Icon::Share => {
                "M12 15V4m-4 4 4-4 4 4M7.5 11H6a1.5 1.5 0 0 0-1.5 1.5v6A1.5 1.5 0 0 0 6 20h12a1.5 1.5 0 0 0 1.5-1.5v-6A1.5 1.5 0 0 0 18 11h-1.5"
            }
            Icon::Undo => "M8.5 5 4 9.5 8.5 14M4 9.5h10.5a5.25 5.25 0 0 1 0 10.5H11",
            Icon::Redo => "M15.5 5 20 9.5 15.5 14M20 9.5H9.5a5.25 5.25 0 0 0 0 10.5H13",
            Icon::Language => {
                "M3.5 6h10M8.5 3.5V6m3 0c-.8 4-3.6 7.2-7.5 9M6 9c1.2 2.6 3.2 4.6 6 6m.5 5.5 4.2-10.5 4.3 10.5m-7-3.5h5.5"
            }
            Icon::ThemeSystem => {
                "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zm0 0v17m0-14.5h5.8M12 10h8m-8 4h8m-8 4h5.8"
            }
            Icon::ThemeLight => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0-5.5V4.5m0 15v2m9.5-9.5h-2m-15 0h-2m16.2-6.7-1.4 1.4M6.7 17.3l-1.4 1.4m13.4 0-1.4-1.4M6.7 6.7 5.3 5.3"
            }
            Icon::ThemeDark => "M20 14.2A8.5 8.5 0 0 1 9.8 4a8.5 8.5 0 1 0 10.2 10.2z",
            Icon::Help => {
                "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.5 9.7a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8m0 2.8v.1"
            }
            Icon::Commands => "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm4.7 11.2L20 20",
            Icon::Lessons => {
                "M3 9.5 12 5l9 4.5-9 4.5zm3.5 2v4.2c1.6 1.5 3.4 2.3 5.5 2.3s3.9-.8 5.5-2.3v-4.2M21 9.5v5.5"
            }
            Icon::Present => "M4 5h16v10H4zm8 10v4m-3.5 0h7M10.5 8v4l3.5-2z",
            Icon::Print => "M7 9V4.5h10V9M7 16.5H4.5V9h15v7.5H17M7 13.5h10v6H7z",
            Icon::Done => "m5 12.5 4.5 4.5L19 7.5",
            Icon::Back => "M14.5 6 8.5 12l6 6",
            Icon::Close => "m6 6 12 12M18 6 6 18",
            Icon::Outline => "M4 5.5h3m3 0h10M8 12h2m3 0h7M8 18.5h2m3 0h7",
            Icon::Add => "M12 5v14M5 12h14",
            Icon::Remove => "M5 12h14",
            Icon::Details => "M4 7h9m4 0h3M4 17h3m4 0h9M13 4.5v5h4v-5zM7 14.5v5h4v-5z",
            Icon::Reset => "M6 5v14M19 6v12l-9-6z",
            Icon::Play => "M8 5.5v13l10.5-6.5z",
            Icon::Pause => "M8.5 5.5v13m7-13v13",
            Icon::Step => "M5 6v12l9-6zm13-1v14",
            Icon::StepBack => "M19 6v12l-9-6zM6 5v14",
            Icon::PreviousMark => "M14 6 8 12l6 6m5-9-3 3 3 3",
            Icon::NextMark => "m10 6 6 6-6 6M5 9l3 3-3 3",
            Icon::Fork => "M6 4.5v15M6 14c0-4.5 12-2 12-9.5m-3 3 3-3 3 3",
            Icon::Charts => "M4 4.5v15h16M7.5 15l3.5-4.5 3 2.5 5-6.5",
            Icon::Crash => "M13 3 5 13.5h5.5L9.5 21 19 9.8h-6z",
            Icon::Restart => "M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4.3h-4.3",
            Icon::Delete => "M4.5 7h15M9.5 7V4.5h5V7m3.5 0-.8 12.5H6.8L6 7m4 3.5v5.5m4-5.5v5.5",
            Icon::Duplicate => "M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4",
            Icon::Memory => "M6 6.5h12v11H6zM9.5 10h5v4h-5zM9 3.5v3m3-3v3m3-3v3M9 17.5v3m3-3v3m3-3v3",
            Icon::Up => "M12 19V5.5M6.5 11 12 5.5l5.5 5.5",
            Icon::Down => "M12 5v13.5M6.5 13l5.5 5.5 5.5-5.5",
            Icon::Kind(kind) => glyph::icon::kind(kind),
        }
    }
}

/// Draws a picture. What it means stands beside it or in a label: it is silent itself.
pub fn icon(icon: Icon) -> Html {
    let class = match icon {
        Icon::Play | Icon::Reset | Icon::Step => "icon is-filled",
        _ => "icon",
    };
    // The pictures of kinds are the stage's, on its grid of 16.
    let grid = if matches!(icon, Icon::Kind(_)) { "0 0 16 16" } else { "0 0 24 24" };
    html! {
        <svg class={classes!(class, matches!(icon, Icon::Kind(_)).then_some("is-kind"))} viewBox={grid}
            aria-hidden="true" focusable="false">
            <path d={icon.path()} />
        </svg>
    }
}
