/** The model of a node: which one, whose, what it costs or lacks; pressed, the picker opens. */
import { ChevronsUpDown } from 'lucide-react'
import type { FieldProps } from '../../ui/fields/spec'
import { partsOf } from '../../ui/providers/partsOf'
import { useModels } from '../../ui/providers/queries'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './ModelField.module.css'
import { texts } from './texts'

export function ModelField({ spec, value, disabled, id, node }: FieldProps) {
  const { view } = useSession()
  const { data } = useModels(spec.task ?? '')
  const chosen = typeof value === 'string' ? value : ''
  const model = data?.models.find(row => row.id === chosen)
  const { provider, name } = partsOf(chosen)
  const shown = model?.name ?? name
  const whose = model?.providerName ?? provider
  const open = (button: Element) => {
    const from = button.closest('aside') ? 'inspector' : 'card'
    if (node) view.setState({ picker: { node, field: spec.name, from } })
  }
  return (
    <button
      type="button"
      id={id}
      className={`${css.model} nodrag`}
      disabled={disabled}
      aria-haspopup="dialog"
      title={model?.missing || model?.note || undefined}
      data-missing={(model && model.state !== 'ready') || undefined}
      onClick={event => open(event.currentTarget)}
    >
      <b>
        <span className="sr-only">{texts.model}</span>
        {shown || editorTexts.chooseAModel}
      </b>
      <span>{whose}</span>
      <small>{model ? modelState[model.state] || model.price : ''}</small>
      <ChevronsUpDown aria-hidden size={13} />
    </button>
  )
}

const modelState = texts.modelState
