package jp.warifu.app.state

import jp.warifu.Code
import jp.warifu.EntryId
import jp.warifu.Marker
import jp.warifu.Names
import jp.warifu.app.R

/** What the app shows, as plain data. Only the codes come by another way: they are made for the moment they are drawn. */
sealed interface Page {
    /**
     * Something takes a moment.
     *
     * @property says What, if it may take long enough to be read.
     */
    data class Busy(val says: Words?) : Page

    /**
     * The codes: see [Codes].
     *
     * @property made Those that a button has made.
     * @property notices What is worth a line above them.
     */
    data class OfCodes(val made: Map<EntryId, Code>, val notices: List<Notice> = emptyList()) : Page

    /**
     * How a credential may come in.
     *
     * @property isFirst Whether there is none yet.
     * @property bank The bank that this app is built for, if there is one.
     * @property pending The host of an enrolment that is not finished, if there is one.
     * @property isUnreadable Whether there is one that a later version of the app has begun.
     * @property restored What was registered before and is not any more.
     * @property isErased Whether that was erased on this device; else it was on the one before.
     */
    data class Add(
        val isFirst: Boolean,
        val bank: String?,
        val pending: String? = null,
        val isUnreadable: Boolean = false,
        val restored: List<Marker.Bank> = emptyList(),
        val isErased: Boolean = false,
    ) : Page

    /** A link is pasted. */
    data object Paste : Page

    /** The camera looks for a QR code. */
    data object Scan : Page

    /** Nothing can be seen by the camera, and the other ways in. */
    data class Unseen(val why: NoCamera) : Page

    /** What a link would add, and whether it shall. */
    data class Offer(val offered: Offered) : Page

    /** A PIN is typed: to unlock, to choose one, to confirm. */
    data class Keypad(val state: KeypadState) : Page

    /**
     * How the app is opened.
     *
     * @property isDemanded Whether a bank demands that it asks.
     * @property hasPin Whether a PIN opens it.
     * @property hasBiometrics Whether a finger or the face does.
     * @property isBroken Whether they are meant to and do not, so that they have to be set up again.
     */
    data class Lock(
        val isDemanded: Boolean,
        val hasPin: Boolean,
        val hasBiometrics: Boolean,
        val isBroken: Boolean = false,
    ) : Page

    /**
     * The settings.
     *
     * @property entries Whose name can be changed.
     * @property lock How the app is opened.
     * @property isLocking Whether there is a lock that can be shut.
     * @property language The language that was chosen, or null for the device's.
     * @property clock What is known of the time.
     */
    data class Settings(
        val entries: List<NamedEntry>,
        val lock: Words,
        val isLocking: Boolean,
        val language: String?,
        val clock: List<Words>,
    ) : Page

    /** One credential's names, to be changed, and the way to remove it. */
    data class OfEntry(val entry: NamedEntry) : Page

    /** Whether a credential shall be removed. */
    data class Remove(val entry: NamedEntry) : Page

    /** Whether everything shall be erased. */
    data object StartOver : Page

    /**
     * What there is for whoever cannot get any further, without a token too.
     *
     * @property language The language that was chosen, or null for the device's.
     */
    data class Help(val language: String?) : Page

    /** What a call centre asks for. */
    data class Report(val lines: List<Words>) : Page

    /** What this app is, and what it is made of. */
    data object About : Page

    /**
     * Something did not work.
     *
     * @property supportCode What it is called; null where a customer can do nothing but begin again.
     * @property next What can be done.
     */
    data class Trouble(val supportCode: String?, val next: Next) : Page
}

/** A credential as the settings list it. */
data class NamedEntry(val id: EntryId, val names: Names)

/** Why nothing can be seen by the camera. */
enum class NoCamera {
    /** The person did not allow it, and can be asked again. */
    REFUSED,

    /** The person did not allow it, and wants not to be asked again: the device's settings alone can allow it. */
    REFUSED_FOR_GOOD,

    /** The device's settings, or who administers it, allow it to no app. */
    FORBIDDEN,

    /** The device has none. */
    NONE,

    /** Another app has it. */
    IN_USE,

    /** It does not work. */
    FAILED,
}

/** What there is to do after something did not work. */
enum class Next {
    /** Go back to where things work. */
    BACK,

    /** Try the same again. */
    RETRY,

    /** Erase everything and register anew, for nothing else is left. */
    START_OVER,
}

/** What a link would add. */
sealed interface Offered {
    /**
     * A credential whose key is in the link.
     *
     * @property names What a person reads.
     * @property isOnRequest Whether its codes come by a button.
     * @property isWeak Whether a word of caution belongs below.
     */
    data class Credential(val names: Names, val isOnRequest: Boolean, val isWeak: Boolean) : Offered

    /**
     * A credential from a bank's service.
     *
     * @property host The service's host.
     * @property asksForCode Whether the customer may have an activation code to type.
     */
    data class Service(val host: String, val asksForCode: Boolean) : Offered
}

/**
 * A keypad and what is said above it.
 *
 * @property heading What this is.
 * @property explain What to do.
 * @property message What became of the last try, if it did not go well.
 * @property trouble The support code of it, if it has one.
 * @property enter What the key says that ends the typing.
 * @property typed How many digits there are.
 * @property hasKeys Whether there is a PIN to type at all.
 * @property isOpen Whether a PIN is taken now; not while one waits after wrong tries. A finger never waits.
 * @property isBusy Whether something is being checked, so that nothing can be pressed.
 * @property hasBiometrics Whether a finger or the face is another way.
 * @property biometrics What its button says.
 * @property mayStartOver Whether erasing everything is a way on.
 * @property mayCancel Whether there is a button that leads back.
 * @property hasHelp Whether there is a way to the report from here.
 */
data class KeypadState(
    val heading: Int,
    val explain: Words,
    val enter: Int,
    val message: Words? = null,
    val trouble: String? = null,
    val typed: Int = 0,
    val hasKeys: Boolean = true,
    val isOpen: Boolean = true,
    val isBusy: Boolean = false,
    val hasBiometrics: Boolean = false,
    val biometrics: Int = R.string.use_biometrics,
    val mayStartOver: Boolean = false,
    val mayCancel: Boolean = false,
    val hasHelp: Boolean = false,
)
