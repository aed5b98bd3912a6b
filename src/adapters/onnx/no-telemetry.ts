/**
 * Imported before ONNX Runtime. From 1.29 on it sends usage data to its maker and keeps an identifier of the machine in the home folder
 * unless this is set when it initialises (github.com/microsoft/onnxruntime pull request 27379). Child processes inherit it.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1'
