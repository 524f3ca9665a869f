/** Beside an open graph: all values of the chosen node, and which of them are inputs of the workflow. */

import { ArrowRight, LogIn } from 'lucide-react'
import type { ComfyNode, ComfyView, ComfyWidget } from '../../api/schema'
import { Button } from '../../ui/controls/Button'
import { Switch } from '../../ui/controls/Switch'
import type { Choices } from '../choices'
import type { Mark } from '../graph/context'
import { CONTROL_HELP, valueText } from '../graph/GraphNode'
import { NoteText } from '../graph/GraphNote'
import { modeWord } from '../modes'
import { texts } from '../texts'
import {
  canvasAt,
  executionId,
  insideOf,
  isEnd,
  isNote,
  type Target,
  targetOf,
  titleOf,
  wayTo,
} from '../view'
import css from './GraphViewer.module.css'

interface Props {
  view: ComfyView
  node: ComfyNode | null
  way: readonly string[]
  mark: Mark | undefined
  choices: Choices | undefined
  onEnter: (id: string) => void
  onShow: (way: readonly string[], id: string) => void
}

export function NodePanel({ view, node, choices, onShow, ...rest }: Props) {
  return (
    <aside className={css.panel} aria-label={texts.aboutTheGraph} data-empty={!node || undefined}>
      {node ? (
        <One view={view} node={node} choices={choices} {...rest} />
      ) : (
        <Overview view={view} choices={choices} onShow={onShow} />
      )}
    </aside>
  )
}

function One({
  view,
  node,
  way,
  mark,
  choices,
  onEnter,
}: Omit<Props, 'onShow'> & { node: ComfyNode }) {
  const execution = executionId(way, node.id)
  const inside = insideOf(view, node)
  const word = modeWord(node.mode)
  const output = choices?.outputs.find(row => row.node === execution)
  const runs = !isNote(node) && !inside && !isEnd(node)
  const toggle = choices?.outputToggle(execution)
  return (
    <>
      <h3>{titleOf(view, node)}</h3>
      <p className={css.kind}>
        {inside ? texts.subgraphName(inside.name) : node.type} · #{execution}
        {word && ` · ${word}`}
      </p>
      {mark && (
        <p className={css.bad} role="alert">
          {mark.input && <b>{mark.input}: </b>}
          {mark.message}
        </p>
      )}
      {inside && (
        <Button icon={<LogIn aria-hidden size={15} />} onClick={() => onEnter(node.id)}>
          {texts.lookInside}
        </Button>
      )}
      {isNote(node) && (
        <div className={css.whole}>
          <NoteText node={node} />
        </div>
      )}
      {choices && runs && (
        <div className={css.choice}>
          <div>
            <b>{texts.outputOfTheWorkflow}</b>
            <p>{output ? texts.asLabel(output.label) : texts.itsResultBecomesAPort}</p>
          </div>
          <Switch
            label={texts.resultsOfTitleAreAnOutput(titleOf(view, node))}
            checked={Boolean(output)}
            disabled={!toggle}
            onChange={() => toggle?.()}
          />
        </div>
      )}
      {node.widgets.length > 0 && (
        <dl className={css.values}>
          {node.widgets.map((widget, i) => (
            <Value
              key={widget.name || i}
              widget={widget}
              target={targetOf(view, way, node, widget.name)}
              bad={mark !== undefined && mark.input === widget.name}
              choices={choices}
            />
          ))}
        </dl>
      )}
      {!isNote(node) && !isEnd(node) && !node.widgets.length && (
        <p className={css.kind}>{texts.itHasNoValues}</p>
      )}
    </>
  )
}

interface ValueProps {
  widget: ComfyWidget
  target: Target | null
  bad: boolean
  choices: Choices | undefined
}

function Value({ widget, target, bad, choices }: ValueProps) {
  const input =
    target && choices?.inputs.find(row => row.node === target.node && row.widget === target.input)
  const toggle = target && choices?.inputToggle(target)
  return (
    <div data-bad={bad || undefined}>
      <dt>
        {widget.label || widget.name || <i>{texts.aValueWithoutAName}</i>}
        {choices && target && (
          <Switch
            label={texts.nameIsAnInput(widget.label || widget.name)}
            checked={Boolean(input)}
            disabled={!toggle}
            onChange={() => toggle?.()}
          />
        )}
      </dt>
      <dd>
        {valueText(widget.value) || <i>{texts.empty}</i>}
        {widget.control && <small title={CONTROL_HELP}> {widget.control}</small>}
      </dd>
      {input && <dd className={css.as}>{texts.inputLabel(input.label)}</dd>}
    </div>
  )
}

function Overview({ view, choices, onShow }: Pick<Props, 'view' | 'choices' | 'onShow'>) {
  return (
    <>
      <h3>{choices ? texts.inputsAndOutputs : texts.values}</h3>
      <p className={css.kind}>
        {choices?.canEdit ? texts.chooseANodeToSee : texts.chooseANodeToSeeAll}
      </p>
      {choices && (
        <>
          <Rows title={texts.inputs} rows={choices.inputs} view={view} onShow={onShow} />
          <Rows title={texts.outputs} rows={choices.outputs} view={view} onShow={onShow} />
        </>
      )}
    </>
  )
}

interface RowsProps {
  title: string
  rows: readonly { name: string; label: string; node: string }[]
  view: ComfyView
  onShow: Props['onShow']
}

function Rows({ title, rows, view, onShow }: RowsProps) {
  if (!rows.length) return null
  return (
    <>
      <h4>{title}</h4>
      <ul className={css.rows}>
        {rows.map(row => {
          const { way, id } = wayTo(row.node)
          const node = canvasAt(view, way)?.nodes.find(candidate => candidate.id === id)
          return (
            <li key={row.name}>
              <button type="button" disabled={!node} onClick={() => onShow(way, id)}>
                <b>{row.label}</b>
                <small>{node ? titleOf(view, node) : texts.aDeletedNode}</small>
                <ArrowRight aria-hidden size={14} />
              </button>
            </li>
          )
        })}
      </ul>
    </>
  )
}
