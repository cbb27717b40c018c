import AVFoundation
import SwiftUI
import UIKit

/// What the camera sees.
struct CameraView: UIViewRepresentable {
    /// Has what a QR code says, once.
    let found: @MainActor @Sendable (String) -> Void
    /// There is no camera, or it does not open.
    let failed: @MainActor @Sendable () -> Void

    func makeCoordinator() -> QRCamera {
        QRCamera(found: found, failed: failed)
    }

    func makeUIView(context: Context) -> CameraPreview {
        let preview = CameraPreview(frame: .zero)
        preview.show(context.coordinator.session)
        context.coordinator.open { [weak preview] in preview?.turn() }
        return preview
    }

    func updateUIView(_ view: CameraPreview, context: Context) {}

    static func dismantleUIView(_ view: CameraPreview, coordinator: QRCamera) {
        coordinator.close()
    }
}

/// A view whose own layer is the camera's, so that it follows the view's size.
final class CameraPreview: UIView {
    override class var layerClass: AnyClass { AVCaptureVideoPreviewLayer.self }

    /// Shows what a session sees.
    func show(_ session: AVCaptureSession) {
        guard let layer = layer as? AVCaptureVideoPreviewLayer else { return }
        layer.videoGravity = .resizeAspectFill
        layer.session = session
    }

    override func layoutSubviews() {
        super.layoutSubviews()
        turn()
    }

    /// Turns what is seen as the window is turned; the camera itself does not. Only what is open can be turned.
    func turn() {
        guard let connection = (layer as? AVCaptureVideoPreviewLayer)?.connection,
            let orientation = window?.windowScene?.interfaceOrientation
        else { return }
        let angle: CGFloat =
            switch orientation {
            case .landscapeRight: 0
            case .landscapeLeft: 180
            case .portraitUpsideDown: 270
            default: 90
            }
        if connection.isVideoRotationAngleSupported(angle) { connection.videoRotationAngle = angle }
    }
}
