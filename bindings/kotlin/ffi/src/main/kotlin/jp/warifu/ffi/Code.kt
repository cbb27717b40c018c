package jp.warifu.ffi

/**
 * A one-time code. It prints masked; [digits] and [grouped] are for the screen and the clipboard.
 *
 * ```
 * val code = Code("755 224")
 * check(code.digits() == "755224")
 * check("$code" == "Code(6 digits)")
 * ```
 *
 * @param grouped The digits in groups for reading, as the core groups them: 123 456, 1234 5678.
 */
public class Code(private val grouped: String) {
    init {
        require(grouped.all { it in '0'..'9' || it == ' ' }) { "a code is made of digits" }
    }

    /** How many digits there are. */
    public val length: Int
        get() = grouped.count { it != ' ' }

    /** The digits as they are typed, without spaces. */
    public fun digits(): String = grouped.filter { it != ' ' }

    /** The digits in groups for reading, a space between them. */
    public fun grouped(): String = grouped

    /** By the digits. */
    override fun equals(other: Any?): Boolean = other is Code && other.grouped == grouped

    /** By the digits. */
    override fun hashCode(): Int = grouped.hashCode()

    /** How many digits there are, and none of them. */
    override fun toString(): String = "Code($length digits)"
}
