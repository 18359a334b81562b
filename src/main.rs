//! The page's program.

#[cfg(target_arch = "wasm32")]
fn main() {
    mq_playground::ui::app::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    println!("This program is a page: `cargo xtask serve` builds it and says where to open it.");
}
