package jp.warifu.app.view

import android.view.View
import android.view.accessibility.AccessibilityNodeInfo
import android.view.accessibility.AccessibilityNodeInfo.AccessibilityAction
import android.widget.Button

/** Tells a screen reader that a view is a button, and [does] what, if that is not what it says. */
class AsButton(private val does: CharSequence? = null) : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, info)
        info.className = Button::class.java.name
        if (does != null) info.addAction(AccessibilityAction(AccessibilityNodeInfo.ACTION_CLICK, does))
    }
}
