//! Makes a vault with many credentials, for the speed tests of every language:
//! `many_credentials FILE COUNT`. Its passphrase is `correct horse battery`. A file that is there is
//! left as it is.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "as in a test")]

#[path = "../tests/support/many.rs"]
mod many;

use std::{env, error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, count] = arguments.as_slice() else {
        return Err("usage: many_credentials FILE COUNT".into());
    };
    many::make(Path::new(file), count.parse()?)
}
