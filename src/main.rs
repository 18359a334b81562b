//! The page's program.

#[cfg(target_arch = "wasm32")]
fn main() {
    // A worker of the page is the same program without a window. The bench page is a part of the site, so that anyone can
    // measure what they see.
    if !mq_playground::web::study::answer_if_worker() && !mq_playground::web::bench::open_if_asked() {
        mq_playground::ui::app::mount();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    println!("This program is a page: `cargo xtask serve` builds it and says where to open it.");
}
