use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{failure::printable, locale::Lang, texts};

/// What is wrong with a command line, in our own words: those of the library exist in English alone,
/// and it repeats an argument as it is, with all that could steer a terminal.
pub(super) fn explain(lang: Lang, error: &clap::Error) -> String {
    let of = |kind| printable(&error.get(kind).map(text).unwrap_or_default());
    let argument = || of(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => texts::usage_unknown(lang, &argument()),
        ErrorKind::InvalidSubcommand => {
            texts::usage_command(lang, &of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => texts::usage_missing(lang, &argument()),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
            if of(ContextKind::InvalidValue).is_empty() =>
        {
            texts::usage_missing(lang, &argument())
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = format!("{} {}", argument(), of(ContextKind::InvalidValue));
            texts::usage_value(lang, &value)
        }
        ErrorKind::ArgumentConflict => {
            let both = format!("{}, {}", argument(), of(ContextKind::PriorArg));
            texts::usage_twice(lang, &both)
        }
        _ => texts::usage_other(lang).to_owned(),
    };
    format!("{what}\n{}", texts::usage_help(lang))
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        _ => String::new(),
    }
}
