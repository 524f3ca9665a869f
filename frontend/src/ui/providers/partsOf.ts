/** The parts of a model's id. */

/** `provider/name`, where the name may hold slashes of its own. */
export function partsOf(id: string): { provider: string; name: string } {
  const at = id.indexOf('/')
  return at < 0 ? { provider: '', name: id } : { provider: id.slice(0, at), name: id.slice(at + 1) }
}
