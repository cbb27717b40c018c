package jp.warifu.app.state

import jp.warifu.app.R

/**
 * What is worth a line above the codes, besides the time.
 *
 * @property says What it is.
 * @property leads What the button says that leads to where something can be done; null where nothing can, here.
 */
enum class Notice(val says: Int, val leads: Int?) {
    /** An enrolment is not finished. */
    PENDING(R.string.notice_pending, R.string.notice_look),

    /** The PIN was right, and the count of wrong tries before it stays: a new PIN has none. */
    PIN_COUNT_STAYS(R.string.notice_pin_count, R.string.notice_lock),

    /** A way to open the app is damaged or dead, and another one opened it. */
    BROKEN_LOCK(R.string.notice_broken_lock, R.string.notice_lock),

    /** A later version of the app has registered what this one cannot show. */
    UNREAD(R.string.notice_unread, null),

    /** There are banks of a token before this one that the customer has not registered with anew. */
    LOST_BANKS(R.string.notice_lost_banks, R.string.notice_look),
}
