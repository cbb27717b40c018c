package jp.warifu.ffi

/**
 * A one-time code. It prints masked; [digits] and [grouped] are for the screen.
 *
 * ```
 * val code = Code("755 224")
 * check(code.digits == "755224")
 * check("$code" == "Code(6 digits)")
 * ```
 *
 * @property grouped The digits in groups for reading, as the core groups them: 123 456, 1234 5678.
 */
public class Code(public val grouped: String) {
    init {
        require(grouped.all { it in '0'..'9' || it == ' ' }) { "a code is made of digits" }
    }

    /** The digits as they are typed, without spaces: for a copy, or a form. */
    public val digits: String
        get() = grouped.filterNot { it == ' ' }

    override fun equals(other: Any?): Boolean = other is Code && other.grouped == grouped

    override fun hashCode(): Int = grouped.hashCode()

    /** How many digits there are, and none of them. */
    override fun toString(): String = "Code(${digits.length} digits)"
}
