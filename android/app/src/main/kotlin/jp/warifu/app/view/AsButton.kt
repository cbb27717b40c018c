package jp.warifu.app.view

import android.view.View
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button

/** Tells a screen reader that a view is a button. */
object AsButton : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, info)
        info.className = Button::class.java.name
    }
}
