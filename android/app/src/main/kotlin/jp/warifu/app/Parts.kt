package jp.warifu.app

import jp.warifu.BindingLevel
import jp.warifu.DeviceClock
import jp.warifu.HttpTransport
import jp.warifu.KdfCost
import jp.warifu.KeyProtector
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import java.io.File
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

/**
 * What the app stands on. A test puts fakes in the place of the device's own.
 *
 * @property vault Where the token is. No backup has it.
 * @property marker Where what a backup may hold is.
 * @property bank The bank that this app is built for, if there is one.
 * @property forgetKeys Deletes every key that a vault of this app ever had. Throws [jp.warifu.KeyRefusedException] where the
 *   key store fails.
 * @property binding Whether the vault's key can leave the device.
 * @property pinCost What a guess at a PIN costs; the core's choice if null.
 * @property lockAfter How long the app may be out of sight and come back unlocked: to a browser and back.
 */
class Parts(
    val clock: DeviceClock,
    val keys: KeyProtector,
    val http: HttpTransport,
    val vault: File,
    val marker: File,
    val bank: Bank?,
    val forgetKeys: suspend () -> Unit,
    val binding: suspend () -> BindingLevel,
    val dispatcher: CoroutineDispatcher = Dispatchers.IO,
    val pinCost: KdfCost? = null,
    val lockAfter: Duration = 2.minutes,
)

/** A bank by its name, and the link of its token service. */
class Bank(val name: String, val link: String)
