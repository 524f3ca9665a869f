/** What the browser makes of cases: reads them from standard input and writes its answers. */
import { readFileSync } from 'node:fs'
import { input, placeholders, portName } from '../../frontend/src/catalog/ports'
import { PortRules } from '../../frontend/src/catalog/rules'
import { applyWithInverse } from '../../frontend/src/document/operations'
import { requestSpec } from '../../frontend/src/ui/fields/spec'

const cases = JSON.parse(readFileSync(0, 'utf-8'))
const rules = new PortRules(cases.tables)
const type = dynamic => ({
  dynamic,
  inputs: [input({ name: 'b', type: 'text' })],
  outputs: [{ name: 'b', type: 'text', label: '' }],
})

function edited({ document, operations }) {
  try {
    return applyWithInverse(document, operations)
  } catch {
    return null
  }
}

process.stdout.write(
  JSON.stringify({
    edits: cases.edits.map(edited),
    fits: cases.fits.map(([source, target]) => rules.fits(source, target)),
    handles: cases.handles.map(([handle, side, names]) => portName(handle, side, names)),
    texts: cases.texts.map(placeholders),
    nodes: cases.nodes.map(([dynamic, data]) => [
      rules.inputsOf(type(dynamic), data),
      rules.outputsOf(type(dynamic), data),
    ]),
    fields: cases.fields.map(requestSpec),
  }),
)
