// Finds libsepflow by pkg-config.
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    let said = Command::new("pkg-config").args(["--libs", "sepflow"]).output().expect("no pkg-config");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    for word in String::from_utf8_lossy(&said.stdout).split_whitespace() {
        if let Some(directory) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={directory}");
        }
    }
    println!("cargo:rustc-link-lib=dylib=sepflow");
}
