/** A row of a card without its control: what is drawn while the view is moving. */
import { isMedia } from '../../api/media'
import { isRandom } from '../../catalog/ports'
import { fieldValue, isEmpty, requestValue } from '../../document/check'
import { sentenceCase } from '../../ui/fields/spec'
import { MediaView } from '../../ui/media/MediaView'
import type { CardData } from '../flow/flow'
import type { Row } from '../flow/rows'
import css from './PlainRow.module.css'
import { texts } from './texts'

const RANDOM = texts.newEachRun

export function PlainRow({ data, row }: { data: CardData; row: Row }) {
  switch (row.kind) {
    case 'field':
    case 'block': {
      const { name, label, labels, unit } = row.input
      const connected = data.connected.has(name)
      const value = connected ? '' : fieldValue(data.node, row.input)
      const random = row.input.randomize && !connected && isEmpty(value)
      const words = label || sentenceCase(name)
      return plain(
        row.kind === 'field' || row.label ? words : '',
        random ? RANDOM : (labels[String(value)] ?? value),
        row.kind === 'block',
        unit,
      )
    }
    case 'request': {
      const { name, label } = row.field
      const value = requestValue(data.node.data, row.field)
      const shown = isRandom(row.field) && isEmpty(value) ? RANDOM : value
      return plain(label || sentenceCase(name), shown, row.block)
    }
    case 'app':
      return plain('', data.node.data.app, false)
    case 'model':
      return plain('', fieldValue(data.node, row.input), false)
    case 'entry': {
      const { field, value, references } = row.entry
      const shown = references.length ? references.map(one => one.source).join(', ') : value
      return plain(field.label || sentenceCase(field.name), shown ?? field.default, row.block)
    }
    case 'ports':
      return (
        <>
          <span>{row.input && (row.input.label || row.input.name)}</span>
          <span>{row.output && (row.output.label || row.output.name)}</span>
        </>
      )
    case 'preview':
      return <div className={css.area} />
    default:
      return null
  }
}

function plain(label: string, value: unknown, block: boolean, unit = '') {
  const text =
    value === null || value === undefined || typeof value === 'object' ? '' : String(value)
  if (!block) {
    return (
      <>
        <span>{label}</span>
        {text && <span className={css.value}>{unit ? `${text} ${unit}` : text}</span>}
      </>
    )
  }
  return (
    <div className={css.block}>
      {label && <span>{label}</span>}
      <div className={css.area}>
        {isMedia(value) ? <MediaView media={value} width={640} /> : text}
      </div>
    </div>
  )
}
