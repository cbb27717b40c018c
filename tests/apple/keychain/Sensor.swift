// Part of the module LocalAuthentication.

package import Foundation

/// What the sensor knows of who is enrolled, or why it cannot be asked.
package nonisolated(unsafe) var sensor: Result<Data, LAError.Code> = .failure(.biometryNotEnrolled)
