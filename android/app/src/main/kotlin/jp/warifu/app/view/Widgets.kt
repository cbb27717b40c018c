package jp.warifu.app.view

import android.content.Context
import android.graphics.Typeface
import android.graphics.text.LineBreakConfig
import android.os.Build
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import jp.warifu.app.Drafts

// The few things that the pages are made of. All sizes of letters follow the person's own.

/** A page that scrolls where it does not fit. */
fun Context.page(heading: String, fill: LinearLayout.(Look) -> Unit): View {
    val look = Look(this)
    val column = LinearLayout(this).apply {
        orientation = LinearLayout.VERTICAL
        setPadding(look.dp(24), look.dp(24), look.dp(24), look.dp(24))
        heading(heading, look)
        fill(look)
    }
    return ScrollView(this).apply {
        isFillViewport = true
        accessibilityPaneTitle = heading
        addView(column, MATCH_PARENT, WRAP_CONTENT)
    }
}

/** What a page is. */
fun LinearLayout.heading(says: CharSequence, look: Look): TextView = words(says, 28f, look.text).apply {
    typeface = Typeface.create("sans-serif-medium", Typeface.NORMAL)
    isAccessibilityHeading = true
    below(look.dp(12))
}

/** What a part of a page is. */
fun LinearLayout.section(says: CharSequence, look: Look): TextView = words(says, 16f, look.faint).apply {
    typeface = Typeface.create("sans-serif-medium", Typeface.NORMAL)
    isAccessibilityHeading = true
    setPadding(0, look.dp(20), 0, look.dp(4))
}

/** A sentence or two. */
fun LinearLayout.paragraph(says: CharSequence, look: Look, color: Int = look.text): TextView =
    words(says, 18f, color).apply {
        setLineSpacing(0f, 1.25f)
        below(look.dp(16))
    }

/** What something is called, and what it is. */
fun LinearLayout.named(name: CharSequence, value: CharSequence, look: Look) {
    words(name, 15f, look.faint)
    words(value, 20f, look.text).apply { below(look.dp(12)) }
}

/** The one thing to do, or another. */
fun LinearLayout.button(says: CharSequence, look: Look, isMain: Boolean = false, press: () -> Unit): TextView =
    TextView(context).apply {
        text = says
        textSize = 18f
        gravity = Gravity.CENTER
        typeface = Typeface.create("sans-serif-medium", Typeface.NORMAL)
        setTextColor(if (isMain) look.onAccent else look.text)
        background = if (isMain) look.touchable(look.accent, 28) else look.touchable(look.surface, 28)
        setPadding(look.dp(20), look.dp(14), look.dp(20), look.dp(14))
        minHeight = look.dp(56)
        press(press = press)
        this@button.addView(this, MATCH_PARENT, WRAP_CONTENT)
        below(look.dp(12))
    }

/** A line of a list that leads on. */
fun LinearLayout.row(says: CharSequence, look: Look, more: CharSequence? = null, press: () -> Unit): View =
    LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        gravity = Gravity.CENTER_VERTICAL
        background = look.touchable(look.surface, 16)
        setPadding(look.dp(16), look.dp(12), look.dp(16), look.dp(12))
        minimumHeight = look.dp(56)
        words(says, 18f, look.text)
        if (more != null) words(more, 15f, look.faint)
        press(press = press)
        this@row.addView(this, MATCH_PARENT, WRAP_CONTENT)
        below(look.dp(8))
    }

/** A line to type in, with what it is for above it. */
fun LinearLayout.field(says: CharSequence, look: Look, kind: Int = InputType.TYPE_CLASS_TEXT): EditText {
    // The field's own hint says the same to a screen reader, where the label would say it twice.
    words(says, 15f, look.faint).importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
    return EditText(context).apply {
        inputType = kind
        textSize = 18f
        minHeight = look.dp(56)
        setTextColor(look.text)
        // No keyboard learns what is typed here, and no service fills it in.
        importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO
        imeOptions = imeOptions or android.view.inputmethod.EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING
        // What is typed may be a secret: it is in no saved state.
        isSaveEnabled = false
        hint = says
        setHintTextColor(android.graphics.Color.TRANSPARENT)
        this@field.addView(this, MATCH_PARENT, WRAP_CONTENT)
        below(look.dp(12))
    }
}

/** Words of a size. */
fun LinearLayout.words(says: CharSequence, size: Float, color: Int): TextView = TextView(context).apply {
    text = says
    textSize = size
    setTextColor(color)
    // No line of Japanese begins with the last letter of a word.
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
        lineBreakWordStyle = LineBreakConfig.LINE_BREAK_WORD_STYLE_PHRASE
    }
    this@words.addView(this, MATCH_PARENT, WRAP_CONTENT)
}

/** Makes it a button to whoever sees it, hears it or types; [does] what, if its words do not say. */
fun View.press(does: CharSequence? = null, press: () -> Unit) {
    isFocusable = true
    accessibilityDelegate = AsButton(does)
    setOnClickListener { press() }
}

/** Lets it be pressed, or not, and shows which. */
fun View.enable(isEnabled: Boolean) {
    this.isEnabled = isEnabled
    alpha = if (isEnabled) 1f else DISABLED
}

/** What it shows is for tools that help people alone, such as screen readers: no other service of the kind reads it. */
fun View.forToolsAlone() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
        setAccessibilityDataSensitive(View.ACCESSIBILITY_DATA_SENSITIVE_YES)
    }
}

/** Begins with what was typed here before, or else with [first], and keeps what is typed. */
fun EditText.keptIn(drafts: Drafts, field: Int, first: CharSequence? = null): EditText = apply {
    setText(drafts.of(field) ?: first)
    val keeping = object : TextWatcher {
        override fun afterTextChanged(typed: Editable) = drafts.keep(field, typed)

        override fun beforeTextChanged(before: CharSequence, start: Int, count: Int, after: Int) = Unit

        override fun onTextChanged(now: CharSequence, start: Int, before: Int, count: Int) = Unit
    }
    addTextChangedListener(keeping)
}

/** Leaves a space below. */
fun View.below(pixels: Int) {
    (layoutParams as LinearLayout.LayoutParams).bottomMargin = pixels
}

/** How much is left of what cannot be pressed: plainly less, and still to be read. */
private const val DISABLED = 0.38f
