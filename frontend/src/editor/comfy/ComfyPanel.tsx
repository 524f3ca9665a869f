/** The inspector's part on a ComfyUI workflow: its graph, where it may run, and its ports. */
import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Maximize2, Trash2 } from 'lucide-react'
import type { NodeType } from '../../api/catalog'
import type { DocumentNode, JsonObject } from '../../api/document'
import { runnerList } from '../../api/runners'
import type { DeclaredInput, DeclaredOutput } from '../../api/schema'
import { declaredInputs, declaredOutputs } from '../../catalog/ports'
import { lackingQuery } from '../../comfy/queries'
import { lackingLines, matching, tagsInUse, tagsWith } from '../../comfy/runners'
import { Button } from '../../ui/controls/Button'
import { TagsField } from '../../ui/controls/TagsField'
import { BLANK } from '../../ui/fields/spec'
import { TextField } from '../../ui/fields/TextField'
import { setField } from '../edits/commands'
import { FieldList } from '../fields/FieldList'
import list from '../fields/FieldList.module.css'
import { useSession } from '../session'
import css from './ComfyPanel.module.css'
import { changeRow, freeName, graphOf, moveRow, removeRow, tagsOf } from './comfy'
import { texts } from './texts'

export default function ComfyPanel({ node, type }: { node: DocumentNode; type: NodeType }) {
  const session = useSession()
  const { id, data } = node
  const inputs = declaredInputs(type, data)
  const outputs = declaredOutputs(type, data)
  return (
    <>
      {graphOf(data) && (
        <section className={css.part}>
          <Button
            icon={<Maximize2 aria-hidden size={14} />}
            onClick={() => session.view.setState({ graph: { node: id } })}
          >
            {texts.openGraph}
          </Button>
          <p>{texts.openItToChoose}</p>
        </section>
      )}
      <Tags node={node} />
      <FieldList
        id={id}
        title={texts.inputs}
        none={texts.noInputs}
        fields={inputs}
        about={field => aimWords(field as DeclaredInput)}
        onMove={(from, to) => {
          const input = inputs[from]
          if (input) moveRow(session, id, 'inputs', input.name, to - from)
        }}
        onRemove={name => removeRow(session, id, 'inputs', name)}
        onChange={(name, change) =>
          changeRow(session, id, 'inputs', name, { ...change } as JsonObject)
        }
        nameFor={(wanted, own) => freeName(wanted, data, 'inputs', own)}
      />
      <Outputs node={node} outputs={outputs} />
    </>
  )
}

function aimWords({ target }: DeclaredInput): string {
  if (!target) return ''
  return 'placeholder' in target
    ? texts.fillsThePlaceholderPlaceholder(target.placeholder)
    : texts.goesToInputOfNodeNode(target.input, target.node)
}

const MOST_LINES = 12

/** What no runner has of the graph, so that it is known before a run. */
function Lacks({ graph, tags, several }: { graph: JsonObject; tags: string[]; several: boolean }) {
  const { runner, lacking } = useQuery(lackingQuery(graph, tags)).data ?? {}
  if (!runner) return null
  if (!lacking) return <p>{texts.hasNotReported(runner.name)}</p>
  const lines = lackingLines(lacking)
  if (!lines.length) return null
  return (
    <div className={css.lacks} role="status" aria-label={texts.missingOnTheRunners}>
      <p>{several ? texts.noRunnerHasAll(runner.name) : texts.runnerLacks(runner.name)}</p>
      <ul>
        {lines.slice(0, MOST_LINES).map(line => (
          <li key={line}>{line}</li>
        ))}
        {lines.length > MOST_LINES && <li>{texts.andMore(lines.length - MOST_LINES)}</li>}
      </ul>
    </div>
  )
}

function Tags({ node }: { node: DocumentNode }) {
  const session = useSession()
  const { canEdit } = session.store
  const tags = tagsOf(node.data)
  const graph = graphOf(node.data)
  const runners = useQuery({ queryKey: ['runners'], queryFn: runnerList })
  const rows = runners.data ?? []
  const fit = matching(rows, tags)
  const [first] = fit
  return (
    <section className={css.part}>
      <h3>{texts.runsOn}</h3>
      <TagsField
        value={tags}
        offers={tagsInUse(rows)}
        add={tagsWith}
        disabled={!canEdit}
        onChange={value => setField(session, node.id, 'tags', value)}
      />
      {runners.data && (
        <p data-bad={!fit.length || undefined}>
          {first && fit.length === 1 && texts.runsOnRunner(first.name)}
          {fit.length > 1 && texts.runsOnOneOf(fit.map(runner => runner.name))}
          {!fit.length && (
            <>
              {rows.length ? texts.noRunnerHasTheTags : texts.noRunnerYet}{' '}
              <a href="/runners">{texts.runners}</a>
            </>
          )}
        </p>
      )}
      {graph && fit.length > 0 && <Lacks graph={graph} tags={tags} several={fit.length > 1} />}
    </section>
  )
}

const OUTPUT_WORDS: Record<string, string> = {
  'list<image>': texts.images,
  'list<video>': texts.videos,
  'list<audio>': texts.audioFiles,
  'list<file>': texts.files,
  image: texts.firstImage,
  video: texts.firstVideo,
  audio: texts.firstAudioFile,
  text: texts.text,
}

function Outputs({ node, outputs }: { node: DocumentNode; outputs: DeclaredOutput[] }) {
  const session = useSession()
  const { canEdit } = session.store
  const { id, data } = node
  const change = (name: string, part: Partial<DeclaredOutput>) =>
    changeRow(session, id, 'outputs', name, { ...part })
  return (
    <div className={list.fields}>
      <h3>{texts.outputs}</h3>
      {!outputs.length && <p>{texts.allFilesComeOutAtFiles}</p>}
      {outputs.map((output, i) => (
        <section key={output.name} className={`${list.item} ${css.output}`}>
          <div className={css.line}>
            <TextField
              spec={{ ...BLANK, label: texts.labelOfTheOutputName(output.name) }}
              value={output.label ?? output.name}
              disabled={!canEdit}
              onChange={label => {
                const words = String(label ?? '').trim()
                if (words) change(output.name, { label: words })
              }}
            />
            {canEdit && (
              <>
                <Button
                  tone="ghost"
                  label={texts.moveUp}
                  icon={<ArrowUp size={14} />}
                  disabled={i === 0}
                  onClick={() => moveRow(session, id, 'outputs', output.name, -1)}
                />
                <Button
                  tone="ghost"
                  label={texts.moveDown}
                  icon={<ArrowDown size={14} />}
                  disabled={i === outputs.length - 1}
                  onClick={() => moveRow(session, id, 'outputs', output.name, 1)}
                />
                <Button
                  tone="ghost"
                  label={texts.removeThisOutput}
                  icon={<Trash2 size={14} />}
                  onClick={() => removeRow(session, id, 'outputs', output.name)}
                />
              </>
            )}
          </div>
          <div className={css.line}>
            <select
              className={list.select}
              aria-label={texts.typeOfLabel(output.label ?? output.name)}
              disabled={!canEdit}
              value={output.type}
              onChange={event => change(output.name, { type: event.target.value })}
            >
              {!(output.type in OUTPUT_WORDS) && <option value={output.type}>{output.type}</option>}
              {Object.entries(OUTPUT_WORDS).map(([kind, word]) => (
                <option key={kind} value={kind}>
                  {word}
                </option>
              ))}
            </select>
            <TextField
              spec={{ ...BLANK, label: texts.nameInTheApiOfLabel(output.label ?? output.name) }}
              value={output.name}
              disabled={!canEdit}
              onChange={wanted => {
                if (!wanted || wanted === output.name) return
                const name = freeName(String(wanted), data, 'outputs', output.name)
                change(output.name, { name })
              }}
            />
            <small title={texts.theNodeOfTheGraph}>#{output.node}</small>
          </div>
        </section>
      ))}
    </div>
  )
}
