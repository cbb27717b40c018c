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
        context.coordinator.open { [weak preview] camera in preview?.follow(camera) }
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

    /// What the coordinator of its rotation does not hold itself.
    private var camera: AVCaptureDevice?
    /// Knows how the device is held, as long as it is there.
    private var rotation: AVCaptureDevice.RotationCoordinator?
    private var turning: NSKeyValueObservation?

    /// Shows what a session sees.
    func show(_ session: AVCaptureSession) {
        guard let layer = layer as? AVCaptureVideoPreviewLayer else { return }
        layer.videoGravity = .resizeAspectFill
        layer.session = session
    }

    /// Turns what is seen as the device is turned, by half a turn too, where the view stays as large as it was. Only what is
    /// open can be turned. A code is read however it lies in the picture, so nothing but the preview turns.
    ///
    /// - Parameter camera: The one that the session sees by.
    func follow(_ camera: AVCaptureDevice) {
        guard let layer = layer as? AVCaptureVideoPreviewLayer else { return }
        let rotation = AVCaptureDevice.RotationCoordinator(device: camera, previewLayer: layer)
        turn(by: rotation.videoRotationAngleForHorizonLevelPreview)
        turning = rotation.observe(\.videoRotationAngleForHorizonLevelPreview, options: .new) { [weak self] _, change in
            guard let angle = change.newValue else { return }
            // It is told on the main queue, and wants an answer at once: later, a frame or two would stand on their head.
            MainActor.assumeIsolated { self?.turn(by: angle) }
        }
        (self.camera, self.rotation) = (camera, rotation)
    }

    /// - Parameter angle: Clockwise, in degrees.
    private func turn(by angle: CGFloat) {
        guard let connection = (layer as? AVCaptureVideoPreviewLayer)?.connection,
            connection.isVideoRotationAngleSupported(angle)
        else { return }
        connection.videoRotationAngle = angle
    }
}
