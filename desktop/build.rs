//! Turns `texts.toml` into Rust: one function per text, so that a missing text does not compile.

use std::{collections::BTreeSet, env, error::Error, fmt::Write as _, fs, path::Path};

use toml::{Table, Value};

const SOURCE: &str = "../texts.toml";
const LANGUAGES: [(&str, &str); 2] = [("Ja", "ja"), ("En", "en")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let texts: Table = fs::read_to_string(SOURCE)?.parse()?;
    let mut out = String::new();
    for (key, text) in table(&texts, "pc")? {
        write_text(&mut out, key, text)?;
    }
    write_errors(&mut out, table(&texts, "error")?)?;
    let folder = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    fs::write(Path::new(&folder).join("texts.rs"), out)?;
    Ok(())
}

/// A text becomes a function of the language and its placeholders.
fn write_text(out: &mut String, key: &str, text: &Value) -> Result<(), Box<dyn Error>> {
    let text = text.as_table().ok_or_else(|| format!("[pc] {key} is no table"))?;
    let names = common_placeholders(key, text)?;
    let params: String = names.iter().map(|name| format!(", {name}: &dyn Display")).collect();
    let kind = if names.is_empty() { "&'static str" } else { "String" };
    writeln!(out, "/// {:?}", string(text, "en", key)?)?;
    writeln!(out, "pub fn {key}(lang: Lang{params}) -> {kind} {{\n    match lang {{")?;
    for (variant, language) in LANGUAGES {
        let literal = string(text, language, key)?;
        let value =
            if names.is_empty() { format!("{literal:?}") } else { format!("format!({literal:?})") };
        writeln!(out, "        Lang::{variant} => {value},")?;
    }
    writeln!(out, "    }}\n}}")?;
    Ok(())
}

/// The errors become one table, looked up by support code.
fn write_errors(out: &mut String, errors: &Table) -> Result<(), Box<dyn Error>> {
    writeln!(out, "/// Each support code with its texts, sorted by code.")?;
    writeln!(out, "pub static ERRORS: &[ErrorTexts] = &[")?;
    let mut codes: Vec<_> = errors.iter().collect();
    codes.sort_by_key(|(code, _)| code.as_str());
    for (code, languages) in codes {
        write!(out, "    ErrorTexts {{ code: {code:?}")?;
        for part in ["what", "next"] {
            let both = Table::from_iter(LANGUAGES.iter().filter_map(|(_, language)| {
                let text = languages.get(language)?.get(part)?.clone();
                Some(((*language).to_owned(), text))
            }));
            common_placeholders(code, &both)?;
        }
        for (_, language) in LANGUAGES {
            let texts = languages.get(language).and_then(Value::as_table);
            let texts = texts.ok_or_else(|| format!("{code} has no {language}"))?;
            let what = string(texts, "what", code)?;
            let next = string(texts, "next", code)?;
            write!(out, ", {language}: ErrorText {{ what: {what:?}, next: {next:?} }}")?;
        }
        writeln!(out, " }},")?;
    }
    writeln!(out, "];")?;
    Ok(())
}

/// The placeholders of a text in the order of the Japanese one; both languages must have the same.
fn common_placeholders(key: &str, text: &Table) -> Result<Vec<String>, Box<dyn Error>> {
    let [ja, en] = LANGUAGES.map(|(_, language)| string(text, language, key).map(placeholders));
    let (ja, en) = (ja?, en?);
    let as_set = |names: &[String]| BTreeSet::from_iter(names.iter().cloned());
    if as_set(&ja) == as_set(&en) {
        Ok(ja)
    } else {
        Err(format!("{key}: placeholders differ: {ja:?}, {en:?}").into())
    }
}

fn placeholders(text: &str) -> Vec<String> {
    let after_braces = text.split('{').skip(1);
    let mut names = Vec::new();
    for name in after_braces.filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn table<'a>(texts: &'a Table, name: &str) -> Result<&'a Table, Box<dyn Error>> {
    Ok(texts.get(name).and_then(Value::as_table).ok_or_else(|| format!("no [{name}]"))?)
}

fn string<'a>(text: &'a Table, part: &str, key: &str) -> Result<&'a str, Box<dyn Error>> {
    Ok(text.get(part).and_then(Value::as_str).ok_or_else(|| format!("{key} has no {part}"))?)
}
