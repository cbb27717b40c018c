package jp.warifu.app.view

import jp.warifu.EntryId
import jp.warifu.app.state.Notice
import kotlin.time.Duration

/** What the pages ask for, by the names of what a person does. */
interface Does {
    /** Copies a code, and takes it off the clipboard after a while. */
    fun copy(code: String, clearAfter: Duration)

    /** Copies a credential's ID as it is typed. */
    fun copyId(credentialId: String)

    /** Makes the next code of a card with a button. */
    fun make(id: EntryId)

    /** Asks the banks for their time. */
    fun sync()

    /** Goes to the ways in. */
    fun add()

    /** Goes to the settings. */
    fun settings()

    /** Goes to where something can be done about a notice. */
    fun attend(notice: Notice)

    /** Whether this device has a camera. */
    fun hasCamera(): Boolean

    /** Whether this device knows fingers or faces well enough to open the app by, enrolled or not. */
    fun hasBiometrics(): Boolean

    /** Looks for a QR code with the camera, and asks for it first. */
    fun scan()

    /** Opens the device's own settings of this app, where the camera can be allowed. */
    fun openSettings()

    /** Chooses a picture. */
    fun choosePicture()

    /** What the clipboard has, to be pasted by a button. */
    fun pasted(): String?

    /** Copies what is no secret. */
    fun copyPlain(text: String)

    /** Speaks another language from now on; the device's if null. */
    fun speak(language: String?)

    /** What the report says of the device. */
    fun report()
}
