/**
 * What fits where and what ports a node has, by the tables that come with the catalogue. The same
 * rules as the server's `workflows/graph/ports.py`, which decides; these are used while an edge is
 * being drawn.
 */

import type { Catalogue, NodeType, PortType, Widget } from '../api/catalog'
import type { JsonObject } from '../api/document'
import { isMediaType } from '../api/media'
import type { DeclaredInput, Input, Output, RequestField } from '../api/schema'
import {
  declaredInputs,
  declaredOutputs,
  input,
  isList,
  isRandom,
  itemType,
  numberOf,
  optionsOf,
  placeholders,
  requestFields,
  sources,
  textOf,
} from './ports'
import { texts } from './texts'

export type Tables = Pick<Catalogue, 'fieldTypes' | 'portLabels' | 'conversions'>

/** What to do about two types that do not fit. */
const HELP: Record<string, string> = {
  'image>mask': texts.aMaskFromImageNode,
  'image>text': texts.anImageHasNoText,
  'text>image': texts.textOverlayMakesAnImage,
  'text>mask': texts.aMaskIsAnImage,
}

export class PortRules {
  private readonly fieldTypes: ReadonlyMap<string, PortType>
  private readonly labels: ReadonlyMap<PortType, string>
  private readonly automatic: ReadonlySet<string>
  private readonly parsed: ReadonlySet<PortType>

  constructor({ fieldTypes, portLabels, conversions }: Tables) {
    const pairs = Object.entries(conversions.automatic)
    this.fieldTypes = new Map(Object.entries(fieldTypes))
    this.labels = new Map(Object.entries(portLabels))
    this.automatic = new Set(pairs.flatMap(([from, all]) => all.map(to => `${from}>${to}`)))
    this.parsed = new Set(conversions.parsedFromText)
  }

  /**
   * Say how a value of one type reaches a port of another, or null when it cannot: `same`, `any`,
   * `automatic`, `parsed`, with `each:` in front when a list makes the node run once per item.
   */
  fits(source: PortType, target: PortType): string | null {
    if (isList(source) && !isList(target) && target !== 'any' && target !== 'json') {
      const inner = this.fits(itemType(source), target)
      return inner ? `each:${inner}` : null
    }
    const from = itemType(source)
    const to = itemType(target)
    if (from === to) return 'same'
    if (from === 'any' || to === 'any') return 'any'
    if (this.automatic.has(`${from}>${to}`)) return 'automatic'
    if (from === 'text' && this.parsed.has(to)) return 'parsed'
    return null
  }

  /** Say why a value of `source` cannot go into a port of `target`, or null when it can. */
  whyNot(source: PortType, target: PortType): string | null {
    if (this.fits(source, target)) return null
    const hint = HELP[`${itemType(source)}>${itemType(target)}`]
    const first = texts.doesNotFit(this.label(source), this.label(target))
    return hint ? `${first} ${hint}` : first
  }

  /** The label of a port type. */
  label(type: PortType): string {
    const label = this.labels.get(itemType(type)) ?? itemType(type)
    return isList(type) ? texts.listOf(label) : label
  }

  /** The port type of a declared field; one of an unknown type takes anything. */
  fieldType(field: RequestField): PortType {
    return this.fieldTypes.get(String(field.type)) ?? 'any'
  }

  /** List a node's inputs: the declared ones and those that follow from its data. */
  inputsOf(type: NodeType, data: JsonObject): Input[] {
    const found = this.moreInputs(type, data)
    return found.length ? [...type.inputs, ...found] : type.inputs
  }

  /** List a node's outputs: those that follow from its data, then those of its type. */
  outputsOf(type: NodeType, data: JsonObject): Output[] {
    const found = this.moreOutputs(type, data)
    return found.length ? [...found, ...type.outputs] : type.outputs
  }

  private moreInputs(type: NodeType, data: JsonObject): Input[] {
    switch (type.dynamic) {
      case 'sources':
        return sources(data).map(name =>
          input({ name: `$${name}`, type: 'any', label: `$${name}` }),
        )
      case 'declared':
      case 'model':
        return declaredInputs(type, data).map(row => this.declaredInput(row))
      case 'placeholders':
        return placeholders(data.text)
          .filter(name => type.inputs.every(port => port.name !== name))
          .map(name => input({ name, type: 'text', label: name, required: true }))
      default:
        return []
    }
  }

  private moreOutputs(type: NodeType, data: JsonObject): Output[] {
    const known = (name: unknown) =>
      typeof name === 'string' && this.labels.has(itemType(name)) ? name : 'any'
    switch (type.dynamic) {
      case 'declared':
        return declaredOutputs(type, data).map(row => outputOf(row, known(row.type)))
      case 'fields':
        return requestFields(data).map(row => outputOf(row, this.fieldType(row)))
      default:
        return []
    }
  }

  private declaredInput(row: DeclaredInput): Input {
    const of = row.type === 'json' ? 'json' : this.fieldType(row)
    const many = row.many === true && isMediaType(of)
    const type = many ? `list<${of}>` : of
    const [low, high] = row.type === 'slider' ? [0, 100] : [null, null]
    return input({
      name: row.name,
      type,
      label: textOf(row.label) || row.name,
      required: row.required === true,
      default: row.default ?? null,
      widget: many ? null : widgetOf(row, type),
      many,
      options: type === 'text' ? optionsOf(row.options) : [],
      min: type === 'number' ? (numberOf(row.min) ?? low) : null,
      max: type === 'number' ? (numberOf(row.max) ?? high) : null,
      step: numberOf(row.step),
      unit: textOf(row.unit),
      help: textOf(row.help),
      advanced: row.advanced === true,
      randomize: isRandom(row),
    })
  }
}

function outputOf(row: { name: string; label?: unknown }, type: PortType): Output {
  return { name: row.name, type, label: textOf(row.label) || row.name }
}

function widgetOf(row: DeclaredInput, type: PortType): Widget {
  if (type === 'any') return 'text'
  if (isMediaType(type)) return 'asset'
  return row.type === 'text' && row.multiline === true ? 'textarea' : (row.type as Widget)
}
