//! What the core knows of the time, in a customer's words.

use warifu::{
    clock::Certainty,
    time::{Millis, Span},
    token::{ClockNotice, ClockView},
};

use crate::{locale::Lang, texts};

/// What is worth a line under the codes, if anything.
pub(crate) fn notice(lang: Lang, notice: ClockNotice) -> String {
    match notice {
        ClockNotice::SetDate => texts::clock_set_date(lang).to_owned(),
        ClockNotice::Contradicted => texts::clock_contradicted(lang).to_owned(),
        ClockNotice::Stale => texts::clock_stale(lang).to_owned(),
        ClockNotice::Ahead(by) => texts::clock_ahead(lang, &span(lang, by)),
        ClockNotice::Behind(by) => texts::clock_behind(lang, &span(lang, by)),
        ClockNotice::NotSynced => texts::clock_not_synced(lang).to_owned(),
    }
}

/// All that `warifu clock` says, in lines.
pub(crate) fn report(lang: Lang, clock: &ClockView) -> Vec<String> {
    let within = clock.uncertainty.map(|half| texts::clock_within(lang, &seconds(half)));
    let how_sure = match clock.certainty {
        Certainty::Sure | Certainty::NearBoundary => texts::clock_sure(lang),
        Certainty::Stale => texts::clock_old(lang),
        Certainty::Unsynced => texts::clock_unsynced(lang),
        Certainty::Contradicted => texts::clock_unclear(lang),
    };
    let told = clock.notice.map(|told| notice(lang, told));
    // Nobody can be asked: what is left is the clock itself.
    let alone = clock.certainty == Certainty::Unsynced && clock.notice.is_none();
    let alone = alone.then(|| texts::clock_hint(lang).to_owned());
    let may_sync = matches!(clock.notice, Some(ClockNotice::Stale | ClockNotice::NotSynced));
    let next = may_sync.then(|| texts::clock_sync_hint(lang).to_owned());
    [Some(how_sure.to_owned()), within, told, next, alone].into_iter().flatten().collect()
}

/// As `0.05`, rounded up, so that no more is promised than is known.
fn seconds(span: Millis) -> String {
    let hundredths = span.0.div_ceil(10);
    format!("{}.{:02}", hundredths.div_euclid(100), hundredths.rem_euclid(100))
}

fn span(lang: Lang, span: Span) -> String {
    match span {
        Span::Days { days, hours } => texts::span_days(lang, &days, &hours),
        Span::Hours { hours, minutes } => texts::span_hours(lang, &hours, &minutes),
        Span::Minutes { minutes, seconds } => texts::span_minutes(lang, &minutes, &seconds),
        Span::Seconds { seconds } => texts::span_seconds(lang, &seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_of_a_clock_that_is_ahead_is_the_one_that_was_asked_for() {
        let by = Millis::from_secs(130).for_people();
        assert_eq!(
            notice(Lang::Ja, ClockNotice::Ahead(by)),
            "このパソコンの時刻が 2 分 10 秒 進んでいます。コードは補正済みです。"
        );
        assert_eq!(
            notice(Lang::En, ClockNotice::Ahead(by)),
            "This PC's clock is 2 min 10 s fast. The codes are adjusted for it."
        );
    }

    #[test]
    fn no_more_is_promised_than_is_known() {
        assert_eq!(seconds(Millis(0)), "0.00");
        assert_eq!(seconds(Millis(41)), "0.05");
        assert_eq!(seconds(Millis(12_345)), "12.35");
    }
}
