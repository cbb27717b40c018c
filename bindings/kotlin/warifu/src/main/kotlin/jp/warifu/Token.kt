package jp.warifu

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext
import java.io.Closeable
import java.io.File
import jp.warifu.ffi.NewToken as FfiNewToken
import jp.warifu.ffi.Token as FfiToken
import jp.warifu.ffi.createOnDevice as ffiCreateOnDevice
import jp.warifu.ffi.markerText as ffiMarkerText
import jp.warifu.ffi.preview as ffiPreview
import jp.warifu.ffi.previewEnrolment as ffiPreviewEnrolment
import jp.warifu.ffi.readMarker as ffiReadMarker

/**
 * A software token: one vault, locked or unlocked.
 *
 * Every `suspend` function leaves the thread that calls it free, whatever Argon2 and the disk take, and
 * throws a [WarifuException] that says what went wrong. Call from any thread and as often at once as
 * you like. Of two unlocks, two changes of slots, two enrolments or two synchronisations, the newer takes over and the
 * older ends as [WarifuException.Superseded]; but an unlock by a passphrase, once it computes, is ended by nothing but
 * [lock] and [close]. A call that was cancelled may have been carried out all the same.
 *
 * ```
 * val token = Token.createOnDevice(File(context.noBackupFilesDir, "token.warifu"), clock, keys)
 * token.entries.add(link)
 * token.screens().collect { screen -> draw(screen) }
 * ```
 */
public class Token private constructor(private val core: Core) : Closeable {
    /** The credentials: add, rename, remove, and the HOTP button. */
    public val entries: Entries = Entries(core)

    /** The ways to open the vault, once it is open. */
    public val slots: Slots = Slots(core)

    /** Credentials from a bank's token service. */
    public val enrolment: Enrolment = Enrolment(core)

    /** The time as the banks tell it. */
    public val time: TimeSync = TimeSync(core)

    /** Whether codes can be made. */
    public val isUnlocked: Boolean
        get() = core.atOnce { it.isUnlocked() }

    /**
     * Opens the vault and checks every part of it. A wait that a PIN's wrong tries have earned is waited
     * for, or told: see [Unlock.Pin.waits]. One that is cancelled leaves the token locked if it was locked and no other unlock opens it, and
     * costs at most a try. The vault opens a moment before the call returns, while keys that no slot needs
     * any more are deleted: [isUnlocked] and [screens] may say so first.
     *
     * @throws WarifuException.WrongPassphrase
     * @throws WarifuException.WrongPin with the tries that are left.
     * @throws WarifuException.PinMustWait with how long, if [Unlock.Pin.waits] says not to.
     * @throws WarifuException.PinDestroyed [WarifuException.KeyInvalidated], [WarifuException.KeyLost]:
     *   another way may open.
     * @throws WarifuException.NeedsReEnrolment nothing opens the vault any more.
     * @throws WarifuException.RestoredOnAnotherDevice
     * @throws WarifuException.KeyStoreRefused
     * @throws WarifuException.Corrupt names the part.
     * @throws WarifuException.RolledBack
     * @throws WarifuException.Locked if a [lock] came meanwhile: it wins.
     * @throws WarifuException.Superseded if a newer unlock took over.
     */
    public suspend fun unlock(way: Unlock): UnlockReport = core.unlock(way)

    /**
     * Forgets the data key, and ends everything that waits for the key store. Codes that are on a screen
     * have to be taken off it: [screens] emits a locked screen at once.
     */
    public fun lock() {
        core.lock()
    }

    /**
     * All that there is to draw now.
     *
     * @throws WarifuException.ClockImplausible if the device's clock cannot be right.
     */
    public suspend fun screen(): Screen = core.screens.one()

    /**
     * What there is to draw, from now on: at once, whenever a code or a countdown's second changes, when the
     * wall clock is set, and after everything that this token does. It wakes exactly when [Screen.refreshAt]
     * says, so each card counts down second by second and nothing is drawn in between.
     *
     * A screen is made anew for each emission, after whatever kept the flow from running: a collector
     * that comes back late, or a process that was frozen, is never given a code that has died meanwhile.
     * It ends, with a locked screen, when the token is closed. Collect it while it is seen; each
     * collector has a time of its own. Put no `stateIn`, `shareIn` or `buffer` between: what they keep
     * may have died when it is read.
     *
     * While it is collected it asks for the time too, whenever [ClockView.syncAt] says so: in the background and one at
     * a time, so that no screen waits for it. The screens alone say what came of it; after a failure [ClockView.syncAt]
     * is later. It ends with the collection, with a lock, and when [TimeSync.sync] is called.
     *
     * The flow throws what [screen] throws.
     *
     * @param syncsTime Whether it asks for the time by itself. It takes the network and a little battery.
     */
    public fun screens(syncsTime: Boolean = true): Flow<Screen> = flow { core.screens.collect(syncsTime, this) }

    /**
     * Takes in what another process wrote, and says whether anything changed.
     *
     * @throws WarifuException.Locked
     * @throws WarifuException.RolledBack [WarifuException.Replaced], [WarifuException.Corrupt]
     */
    public suspend fun refresh(): Boolean = core.work { token ->
        // Here, so that one that is cancelled now shows too what it took in.
        token.refresh().also { isNew -> if (isNew) core.changed() }
    }

    /**
     * Has the key store keep the vault's generation, so that an older file is noticed. Run it after each
     * change; one that was not anchored is made good at the next unlock.
     *
     * @throws WarifuException.Locked
     * @throws WarifuException.RolledBack
     * @throws WarifuException.KeyStoreRefused
     */
    public suspend fun anchor() {
        core.flow(Work.ANCHOR) { token, now -> token.anchor(now) }
    }

    /**
     * What a backup may hold of this token.
     *
     * @throws WarifuException.Locked
     */
    public suspend fun marker(): Marker = core.quick { it.marker().toPublic() }

    /**
     * The ways to open the vault, as its file lists them: enough to choose what to ask for. Nobody
     * vouches for them until the vault is open.
     *
     * @throws WarifuException.NotFound and what else [open] throws.
     */
    public suspend fun lockedSlots(): List<Slot> = core.work { token -> token.lockedSlots().map { it.toPublic() } }

    /**
     * Locks the token and lets it go. Closing twice is fine; any other use from now on throws
     * [WarifuException.Closed].
     */
    override fun close() {
        core.close()
    }

    /** Makes vaults and opens them; reads what needs no token. */
    public companion object {
        /**
         * Makes a new vault with a passphrase, as a PC has it, and leaves it unlocked. Slow by design:
         * Argon2.
         *
         * @param file Where; no file may be there.
         * @param passphrase What was typed, in UTF-8: 8 characters or more. It is wiped.
         * @param clock The device's clocks.
         * @param keys The platform's key store, for slots to be added later.
         * @param http The way to a bank's token service.
         * @param timeHosts Web servers whose `Date` is a hint where no bank's service tells its time; see [TimeSync].
         * @param cost What a guess at the passphrase costs; the core's choice if null.
         * @param dispatcher Where threads may be blocked.
         * @throws WarifuException.TimeHostsRefused
         * @throws WarifuException.AlreadyExists
         * @throws WarifuException.PassphraseRefused
         * @throws WarifuException.Disk
         */
        public suspend fun create(
            file: File,
            passphrase: SecretBytes,
            clock: DeviceClock,
            keys: KeyProtector = NoKeyProtector,
            http: HttpTransport = UrlTransport(),
            timeHosts: List<String> = emptyList(),
            cost: KdfCost? = null,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Token = create(file, passphrase, cost, Platform(clock, keys, http, dispatcher, timeHosts))

        internal suspend fun create(file: File, passphrase: SecretBytes, cost: KdfCost?, platform: Platform): Token =
            passphrase.use {
                made(platform) {
                    checkTimeHosts(file, platform)
                    FfiToken.create(file.path, it, cost?.toFfi())
                }
            }

        /**
         * Makes a new vault that this device opens without a prompt, as a phone has it, and leaves it
         * unlocked. A bank's policy may demand more: add a PIN or biometrics, then remove this slot.
         *
         * @param file Where; no file may be there. Keep it out of backups.
         * @param clock The device's clocks.
         * @param keys The platform's key store.
         * @param http The way to a bank's token service.
         * @param timeHosts Web servers whose `Date` is a hint where no bank's service tells its time; see [TimeSync].
         * @param dispatcher Where threads may be blocked.
         * @throws WarifuException.TimeHostsRefused
         * @throws WarifuException.AlreadyExists
         * @throws WarifuException.KeyStoreRefused
         * @throws WarifuException.Disk
         */
        public suspend fun createOnDevice(
            file: File,
            clock: DeviceClock,
            keys: KeyProtector,
            http: HttpTransport = UrlTransport(),
            timeHosts: List<String> = emptyList(),
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Token = createOnDevice(file, Platform(clock, keys, http, dispatcher, timeHosts))

        internal suspend fun createOnDevice(file: File, platform: Platform): Token {
            val now = platform.clock.now().toFfi()
            var new: FfiNewToken? = null
            var token: Token? = null
            try {
                token = made(platform) { ffiCreateOnDevice(file.path, now).also { new = it }.token }
                token.core.make(checkNotNull(new).flow)
                return token
            } catch (failed: Throwable) {
                new?.flow?.destroy()
                token?.close()
                throw failed
            }
        }

        /**
         * Finds the vault and leaves it locked. Only what can be told without a key is checked.
         *
         * @param file Where it is.
         * @param clock The device's clocks.
         * @param keys The platform's key store.
         * @param http The way to a bank's token service.
         * @param timeHosts Web servers whose `Date` is a hint where no bank's service tells its time; see [TimeSync].
         * @param dispatcher Where threads may be blocked.
         * @throws WarifuException.TimeHostsRefused
         * @throws WarifuException.NotFound
         * @throws WarifuException.NotAVault
         * @throws WarifuException.UnsupportedVersion
         * @throws WarifuException.Corrupt
         */
        public suspend fun open(
            file: File,
            clock: DeviceClock,
            keys: KeyProtector = NoKeyProtector,
            http: HttpTransport = UrlTransport(),
            timeHosts: List<String> = emptyList(),
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Token = open(file, Platform(clock, keys, http, dispatcher, timeHosts))

        internal suspend fun open(file: File, platform: Platform): Token = made(platform) { FfiToken.open(file.path) }

        /**
         * Says what a link would add, so that the customer can be asked. It needs no token.
         *
         * @param link An `otpauth://` link, in UTF-8. It is wiped: read it again to add it.
         * @throws WarifuException.LinkRefused
         */
        public fun preview(link: SecretBytes): Preview = told { link.use { ffiPreview(it) }.toPublic() }

        /**
         * Says whom a link would enrol with, so that the customer can be asked. It needs no token.
         *
         * @param link An enrolment link, in UTF-8. It is wiped: read it again to enrol.
         * @throws WarifuException.EnrolmentLinkRefused [WarifuException.ActivationCodeRefused]
         */
        public fun previewEnrolment(link: SecretBytes): EnrolmentPreview =
            told { link.use { ffiPreviewEnrolment(it) }.toPublic() }

        /**
         * Reads a marker that a backup kept.
         *
         * @throws WarifuException.NotAMarker
         * @throws WarifuException.NameRefused
         */
        public fun readMarker(text: String): Marker = told { ffiReadMarker(text.encodeToByteArray()).toPublic() }

        /** The marker as a backup keeps it. */
        public fun writeMarker(marker: Marker): String = told { ffiMarkerText(marker.toFfi()) }

        private suspend fun made(platform: Platform, make: () -> FfiToken): Token {
            var made: Token? = null
            try {
                withContext(platform.dispatcher) {
                    made = Token(Core(told { make() }, platform))
                    made.core.atOnce { it.setTimeHosts(platform.timeHosts) }
                }
            } catch (failed: Throwable) {
                // Cancelled on the way back: nobody will close it.
                made?.close()
                throw failed
            }
            return checkNotNull(made)
        }

        /** Before a file is made. A token that nobody drives writes none. */
        private fun checkTimeHosts(file: File, platform: Platform) {
            if (platform.timeHosts.isEmpty()) return
            val tried = ffiCreateOnDevice(file.path, platform.clock.now().toFfi())
            try {
                tried.token.setTimeHosts(platform.timeHosts)
            } finally {
                tried.destroy()
            }
        }
    }
}
