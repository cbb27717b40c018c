package jp.warifu

/** The credentials of an unlocked token. Every change is durable when its call returns. */
public class Entries internal constructor(private val core: Core) {
    /**
     * The entries in the order of the list.
     *
     * @throws WarifuException.Locked
     */
    public suspend fun list(): List<Entry> = core.quick { token -> token.entries().map { it.toPublic() } }

    /**
     * Adds what an `otpauth://` link says, at the end of the list.
     *
     * @param link The link, in UTF-8. It is wiped.
     * @throws WarifuException.LinkRefused says which rule it breaks.
     * @throws WarifuException.Duplicate names the entry that is the same.
     * @throws WarifuException.Locked
     * @throws WarifuException.Busy [WarifuException.Disk], [WarifuException.TooLarge]
     */
    public suspend fun add(link: SecretBytes): Added = link.use { core.change { it.add(link) }.toPublic() }

    /**
     * Gives an entry other names; one that is left out is taken away. The credential ID is the issuer's and
     * stays.
     *
     * @throws WarifuException.NameRefused
     * @throws WarifuException.Nameless if neither name is left.
     * @throws WarifuException.UnknownEntry
     * @throws WarifuException.Locked
     * @throws WarifuException.Busy [WarifuException.Disk]
     */
    public suspend fun rename(id: EntryId, issuer: String?, account: String?) {
        core.change { it.rename(id.hex, issuer, account) }
    }

    /**
     * Removes an entry and its keys for good. The bank must be told, or it goes on asking for codes.
     *
     * @throws WarifuException.UnknownEntry
     * @throws WarifuException.Locked
     * @throws WarifuException.Busy [WarifuException.Disk]
     */
    public suspend fun remove(id: EntryId) {
        core.change { it.remove(id.hex) }
    }

    /**
     * The next HOTP code (RFC 4226). The counter is durable before the code is made, so no crash shows one
     * twice. While [request] is the entry's last, the same again gives the same code again: so a call that
     * failed or was cancelled may be repeated and spends nothing. After a newer press it is a new one.
     *
     * @param request This press of the button: a [RequestId.random] that you keep until its code is shown.
     * @throws WarifuException.NotHotp
     * @throws WarifuException.CounterExhausted
     * @throws WarifuException.UnknownEntry
     * @throws WarifuException.Locked
     * @throws WarifuException.Busy [WarifuException.Disk]
     */
    public suspend fun advance(id: EntryId, request: RequestId): Code = core.change { it.advance(id.hex, request.hex) }
}
