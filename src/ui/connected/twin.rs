//! The sketch in the simulation and at the broker, side by side.

use yew::prelude::*;

use super::{PartProps, chosen, part, use_connection};
use crate::live::Unlike;
use crate::ui::number;
use crate::ui::store::{Slice, use_store};
use crate::view::twin;

/// Both, on one chart and in one table.
#[component]
pub(super) fn TwinPart(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    use_connection(&props.connection);
    let live = store.words().live;
    let queue = use_state_eq(|| None::<usize>);
    let obstacles = use_state_eq(Vec::<Unlike>::new);
    let running = props.connection.twin(|twin, _| twin.is_some_and(|twin| !twin.has_ended()));
    let onclick = {
        let (connection, obstacles) = (props.connection.clone(), obstacles.clone());
        Callback::from(move |_: MouseEvent| {
            if running {
                connection.end_twin();
            } else {
                obstacles.set(connection.begin_twin().err().unwrap_or_default());
            }
        })
    };
    let choose = {
        let queue = queue.clone();
        Callback::from(move |key: String| queue.set(key.parse().ok()))
    };
    let shown = props.connection.twin(|twin, broker| {
        let twin = twin?;
        let chart = twin::chart(twin.depths(*queue));
        let names: Vec<String> = twin.queues().map(str::to_owned).collect();
        let left_out: Vec<String> = twin.left_out().iter().map(|unlike| (live.unlike)(unlike)).collect();
        Some((chart, names, left_out, twin.totals(broker)))
    });
    let shown = shown.map(|(chart, names, left_out, totals)| {
        let what = queue.and_then(|queue| names.get(queue).cloned()).unwrap_or_else(|| live.all_queues.to_owned());
        let mut options = vec![(String::new(), live.all_queues.to_owned())];
        options.extend(names.iter().enumerate().map(|(place, name)| (place.to_string(), name.clone())));
        let value = queue.map(|queue| queue.to_string()).unwrap_or_default();
        let spoken = (live.twin_chart)(&what, chart.last.0, chart.last.1.0, chart.last.1.1);
        let row = |name: &'static str, key: &'static str, (simulated, real): (u64, u64)| {
            html! {
                <tr data-twin={key}><th scope="row">{ name }</th><td>{ number::count(simulated) }</td><td>{ number::count(real) }</td></tr>
            }
        };
        html! {
            <>
            <div class="connected-form">{ chosen("twin-queue", live.queue, options, &value, choose) }</div>
            <figure class="twin-figure">
                <div class="twin-plot" role="img" aria-label={spoken}>
                    <svg viewBox={format!("0 0 {} {}", twin::WIDTH, twin::HEIGHT)} preserveAspectRatio="none" aria-hidden="true">
                        { for [0.0, 0.5, 1.0].map(|part| html! {
                            <path class="chart-grid" d={format!("M0 {:.1}H{}", part * twin::HEIGHT, twin::WIDTH)} />
                        }) }
                        <path class="twin-line is-simulated" d={chart.simulated.clone()} />
                        <path class="twin-line is-real" d={chart.real.clone()} />
                    </svg>
                    <span class="twin-top" aria-hidden="true">{ number::count(chart.top) }</span>
                    <span class="twin-end" aria-hidden="true">{ format!("{} s", chart.last.0) }</span>
                </div>
                <figcaption>
                    { live.twin_depth }
                    <span class="twin-key is-simulated">{ live.simulated }</span>
                    <span class="twin-key is-real">{ live.real }</span>
                </figcaption>
            </figure>
            <table class="twin-table">
                <thead><tr><td></td><th scope="col">{ live.simulated }</th><th scope="col">{ live.real }</th></tr></thead>
                <tbody>
                    { row(live.published, "published", totals.published) }
                    { row(live.delivered, "delivered", totals.delivered) }
                    { row(live.acked, "acked", totals.acked) }
                    { row(store.words().shell.depth, "depth", totals.depth) }
                </tbody>
            </table>
            { for left_out.into_iter().map(|line| html! { <p class="setting-note">{ line }</p> }) }
            </>
        }
    });
    part(
        live.twin,
        false,
        html! {
            <>
            <p class="setting-note">{ live.twin_about }</p>
            <button type="button" class={classes!("button", (!running).then_some("is-primary"))} {onclick}>
                { if running { live.twin_end } else { live.twin_begin } }
            </button>
            if !obstacles.is_empty() {
                <div role="alert" class="connected-trouble">
                    <p>{ live.twin_cannot }</p>
                    <ul>{ for obstacles.iter().map(|unlike| html! { <li>{ (live.unlike)(unlike) }</li> }) }</ul>
                </div>
            }
            { for shown }
            </>
        },
    )
}
