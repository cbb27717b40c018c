package jp.warifu.ffi

/**
 * A one-time code. It prints masked; [digits] and [grouped] are for the screen and the clipboard.
 *
 * @param grouped the digits in groups for reading, parted by spaces: `123 456`
 */
public class Code(private val grouped: String) {
    /** How many digits there are. */
    public val length: Int get() = grouped.count { it != ' ' }

    /** The digits as they are typed, without spaces. */
    public fun digits(): String = grouped.filter { it != ' ' }

    /** The digits in groups for reading: `123 456`. */
    public fun grouped(): String = grouped

    override fun equals(other: Any?): Boolean = other is Code && grouped == other.grouped

    override fun hashCode(): Int = grouped.hashCode()

    override fun toString(): String = "Code($length digits)"
}
