/** The control for a field of a node: those of every form, and those that need the open workflow. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { isEmpty } from '../../document/check'
import { connectedInputs } from '../../document/graph'
import { Field } from '../../ui/fields/Field'
import { evenly } from '../../ui/fields/gradient'
import type { FieldProps } from '../../ui/fields/spec'
import { lazily } from '../../ui/shell/lazily'
import { AppField } from '../apps/AppField'
import css from '../card/FieldRow.module.css'
import { useConnected } from '../handles/sources'
import { useSession } from '../session'
import { CredentialField } from './CredentialField'
import { ModelField } from './ModelField'
import { colorsUsed, imageOf, PLAIN_COLORS, plainColors } from './swatches'
import { texts } from './texts'

const MaskField = lazily(async () => (await import('./MaskField')).MaskField)

export function NodeField(props: FieldProps) {
  switch (props.spec.widget) {
    case 'credential':
      return <CredentialField {...props} />
    case 'app':
      return <AppField {...props} />
    case 'model':
      return <ModelField {...props} />
    case 'mask':
      return <MaskField {...props} />
    case 'color':
      return <Colored {...props} />
    case 'gradient':
      return <Blended {...props} />
    case 'curve':
      return <OnImage {...props} />
    default:
      return <Field {...props} />
  }
}

/** A field that shows what it changes: the image that is connected to its node. */
function OnImage(props: FieldProps) {
  return <Field {...props} image={useConnected(props.node ?? '', IMAGE)} />
}
const IMAGE = ['image']

/** A gradient; while it has no stops of its own, it is of the colors that the node has besides. */
function Blended(props: FieldProps) {
  const { store, catalog } = useSession()
  const connected = useStore(store.state, ({ document }) => {
    const connected = props.node ? connectedInputs(document, catalog, props.node) : NOTHING
    return PLAIN_COLORS.some(name => connected.has(name))
  })
  const colors = useStore(store.state, () => plainColors(store.node(props.node ?? ''), catalog))
  const fallback = useMemo(() => (colors ? evenly(colors.split('\n')) : undefined), [colors])
  if (connected && isEmpty(props.value)) {
    return <span className={css.connected}>{texts.colorsConnected}</span>
  }
  return <Colored {...props} fallback={fallback} />
}
const NOTHING: ReadonlySet<string> = new Set()

/** A color, with those of the workflow and of the node's image to choose from. */
function Colored(props: FieldProps) {
  const session = useSession()
  const { node } = props
  const image = () => (node ? imageOf(session, node) : null)
  return <Field {...props} colors={{ used: () => colorsUsed(session), image }} />
}
