//! Prepares what `tauri::generate_context!` embeds.

fn main() {
    tauri_build::build();
}
