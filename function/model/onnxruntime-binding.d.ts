/** What onnxruntime-node does before its first session, which its own index does not export. */
declare module 'onnxruntime-node/dist/binding.js' {
  export function initOrt(): void;
}
