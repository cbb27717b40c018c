use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::{locale::Lang, texts};

#[derive(Debug, Parser)]
#[command(name = "warifu", version, disable_help_flag = true, disable_version_flag = true)]
#[command(disable_help_subcommand = true, args_conflicts_with_subcommands = false)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[arg(long, value_name = "SECONDS", default_value_t = 300, hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) auto_lock: u64,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(super) struct Common {
    #[arg(long, global = true, value_name = "PATH", env = "WARIFU_VAULT", hide_env = true)]
    pub(super) vault: Option<PathBuf>,
    /// Read ahead of all others by [`Lang::of_arguments`]; here so that it is accepted.
    #[arg(long, global = true, value_name = "ja|en", value_enum)]
    #[arg(hide_possible_values = true)]
    lang: Option<Lang>,
    #[arg(long, global = true, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(i32).range(0..))]
    pub(super) passphrase_fd: Option<i32>,
    #[arg(long, global = true, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(i32).range(0..))]
    pub(super) new_passphrase_fd: Option<i32>,
    #[arg(long, global = true, value_name = "URL", env = "WARIFU_TIME_HOST", hide_env = true)]
    #[arg(value_delimiter = ',')]
    pub(super) time_host: Vec<String>,
    #[arg(long, global = true)]
    pub(super) no_color: bool,
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Add {
        #[arg(value_name = "URI|IMAGE|-")]
        source: String,
    },
    Enrol {
        #[arg(value_name = "LINK|IMAGE|-")]
        source: Option<String>,
        #[arg(long, value_name = "CODE", num_args = 0..=1, requires = "source")]
        activation: Option<Option<String>>,
        #[arg(long, conflicts_with_all = ["source", "activation"])]
        discard: bool,
        #[arg(long, conflicts_with = "discard")]
        json: bool,
    },
    List {
        #[arg(long)]
        json: bool,
    },
    Code {
        #[arg(value_name = "NAME")]
        name: Option<String>,
        #[arg(long)]
        next: bool,
        #[arg(long)]
        json: bool,
    },
    #[command(group(clap::ArgGroup::new("names").required(true).multiple(true)))]
    Rename {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "NAME", group = "names")]
        issuer: Option<String>,
        #[arg(long, value_name = "NAME", group = "names")]
        account: Option<String>,
    },
    Remove {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long)]
        yes: bool,
    },
    Passphrase,
    Clock {
        #[arg(value_name = "status|sync", value_enum, default_value = "status")]
        #[arg(hide_possible_values = true, hide_default_value = true)]
        action: ClockAction,
        #[arg(long)]
        json: bool,
    },
    Keyring {
        #[arg(value_name = "on|off|status", value_enum, hide_possible_values = true)]
        action: KeyringAction,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ClockAction {
    Status,
    Sync,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum KeyringAction {
    On,
    Off,
    Status,
}

/// The command line with its help in one language: the words are in `texts.toml`, not here.
pub(super) fn command(lang: Lang) -> clap::Command {
    let template =
        format!("{{about}}\n\n{} {{usage}}\n\n{{all-args}}{{after-help}}", texts::cli_usage(lang));
    let describe = |command: clap::Command, about: &'static str| {
        let template = template.clone();
        command.about(about).help_template(template).mut_args(|arg| with_help(arg, lang))
    };
    let command = describe(Arguments::command(), texts::cli_about(lang))
        .subcommand_help_heading(texts::cli_commands(lang))
        .after_help(texts::cli_examples(lang));
    command.mut_subcommands(|command| {
        let about = about(command.get_name(), lang);
        let name = command.get_name().to_owned();
        let command = describe(command, about);
        match name.as_str() {
            "rename" | "remove" => {
                command.mut_arg("name", |arg| arg.help(texts::cli_exact_name(lang)))
            }
            "clock" => command.mut_arg("action", |arg| arg.help(texts::cli_clock_action(lang))),
            "enrol" => command.mut_arg("source", |arg| arg.help(texts::cli_link(lang))),
            _ => command,
        }
    })
}

fn about(command: &str, lang: Lang) -> &'static str {
    match command {
        "add" => texts::cli_add(lang),
        "enrol" => texts::cli_enrol(lang),
        "list" => texts::cli_list(lang),
        "code" => texts::cli_code(lang),
        "rename" => texts::cli_rename(lang),
        "remove" => texts::cli_remove(lang),
        "passphrase" => texts::cli_passphrase(lang),
        "clock" => texts::cli_clock(lang),
        "keyring" => texts::cli_keyring(lang),
        _ => "",
    }
}

fn with_help(arg: clap::Arg, lang: Lang) -> clap::Arg {
    let help = match arg.get_id().as_str() {
        "source" => texts::cli_source(lang),
        "name" => texts::cli_name(lang),
        "activation" => texts::cli_activation(lang),
        "discard" => texts::cli_discard(lang),
        "next" => texts::cli_next(lang),
        "json" => texts::cli_json(lang),
        "issuer" => texts::cli_issuer(lang),
        "account" => texts::cli_account(lang),
        "yes" => texts::cli_yes(lang),
        "action" => texts::cli_keyring_action(lang),
        "time_host" => texts::cli_time_host(lang),
        "vault" => texts::cli_vault(lang),
        "lang" => texts::cli_lang(lang),
        "passphrase_fd" => texts::cli_passphrase_fd(lang),
        "new_passphrase_fd" => texts::cli_new_passphrase_fd(lang),
        "no_color" => texts::cli_no_color(lang),
        "auto_lock" => texts::cli_auto_lock(lang),
        "help" => texts::cli_help(lang),
        "version" => texts::cli_version(lang),
        _ => "",
    };
    let heading =
        if arg.is_positional() { texts::cli_arguments(lang) } else { texts::cli_options(lang) };
    arg.help(help).help_heading(heading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_has_its_help_in_both_languages() {
        for lang in [Lang::Ja, Lang::En] {
            let command = command(lang);
            command.clone().debug_assert();
            let commands = std::iter::once(&command).chain(command.get_subcommands());
            for command in commands {
                assert!(!command.get_about().unwrap().to_string().is_empty());
                for arg in command.get_arguments() {
                    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(!help.is_empty(), "{} {}", command.get_name(), arg.get_id());
                }
            }
        }
    }
}
