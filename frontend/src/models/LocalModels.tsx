/** The models that run on this server: how large, by which license, and getting and removing them. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Download, RotateCw, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { localModelDelete, localModelFetch, localModelStop } from '../api/models'
import type { LocalModel } from '../api/schema'
import { errorMessage } from '../lib/errors'
import { fileSize } from '../lib/format'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { Confirm } from '../ui/forms/Confirm'
import { Loaded } from '../ui/forms/Loaded'
import { percentOf } from '../ui/providers/local'
import { useLocalModels } from '../ui/providers/queries'
import { taskName } from '../ui/providers/test'
import { StateDot } from '../ui/StateDot'
import css from './ModelsPage.module.css'
import { texts } from './texts'

const KEY = ['local models']

export function LocalModels({ staff }: { staff: boolean }) {
  const client = useQueryClient()
  const models = useLocalModels()
  const [removing, setRemoving] = useState<LocalModel | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: KEY })
  const here = (models.data ?? [])
    .filter(row => row.state === 'ready')
    .reduce((sum, row) => sum + row.bytes, 0)
  return (
    <section className={css.section} aria-labelledby="local">
      <div className={css.head}>
        <div>
          <h2 id="local">
            {texts.localModels} {here > 0 && <small>{texts.hereOf(fileSize(here))}</small>}
          </h2>
          <p>{texts.aboutLocal}</p>
        </div>
      </div>
      <Loaded query={models} what={texts.theLocalModels}>
        {rows =>
          rows.length ? (
            <div className={css.frame}>
              <table className={css.table} aria-labelledby="local">
                <thead>
                  <tr>
                    {Object.entries(texts.columns).map(([key, words]) => (
                      <th key={key} scope="col">
                        {words}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map(row => (
                    <Row
                      key={row.id}
                      model={row}
                      staff={staff}
                      onChanged={refresh}
                      onRemove={() => setRemoving(row)}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <p className={css.none}>{texts.noLocalModels}</p>
          )
        }
      </Loaded>
      {removing && (
        <Confirm
          title={texts.removeNameQuestion(removing.name)}
          about={texts.deleteWeights}
          verb={texts.remove}
          onDo={async () => {
            await localModelDelete(removing.id)
            toast(texts.nameIsRemoved(removing.name))
            await refresh()
          }}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  )
}

interface RowProps {
  model: LocalModel
  staff: boolean
  onChanged: () => unknown
  onRemove: () => void
}

function Row({ model, staff, onChanged, onRemove }: RowProps) {
  const { name, description, task, bytes, license, weightsLicense, source } = model
  return (
    <tr data-state={model.state}>
      <th scope="row">
        {name}
        {description && <small>{description}</small>}
      </th>
      <td data-label={texts.columns.task}>{taskName(task)}</td>
      <td data-label={texts.columns.size} className={css.size}>
        {bytes > 0 && fileSize(bytes)}
      </td>
      <td data-label={texts.columns.license}>
        {texts.codeAndWeights(license, weightsLicense)}
        {source && (
          <a href={source} target="_blank" rel="noreferrer" aria-label={texts.sourceOf(name)}>
            {texts.source}
          </a>
        )}
      </td>
      <td data-label={texts.columns.state}>
        <WeightsState model={model} staff={staff} onChanged={onChanged} onRemove={onRemove} />
      </td>
    </tr>
  )
}

function WeightsState({ model, staff, onChanged, onRemove }: RowProps) {
  const { id, name, bytes } = model
  const refused = (error: unknown) => toast(errorMessage(error), { tone: 'bad' })
  const fetching = useMutation({
    mutationFn: () => localModelFetch(id),
    onError: refused,
    onSettled: onChanged,
  })
  const stop = useMutation({
    mutationFn: () => localModelStop(id),
    onError: refused,
    onSettled: onChanged,
  })
  switch (model.state) {
    case 'ready':
      return (
        <span className={css.weights}>
          <StateDot tone="ok" />
          {bytes ? texts.ready : texts.inTheLibrary}
          {staff && bytes > 0 && (
            <Button
              tone="ghost"
              label={texts.removeName(name)}
              icon={<Trash2 aria-hidden size={16} />}
              onClick={onRemove}
            />
          )}
        </span>
      )
    case 'fetching': {
      const percent = percentOf(model)
      return (
        <span className={css.weights}>
          <progress max={100} value={percent} aria-label={texts.progressOf(name)} />
          {texts.percentOf(percent, fileSize(bytes))}
          {staff && (
            <Button
              tone="ghost"
              label={texts.stopName(name)}
              icon={<X aria-hidden size={16} />}
              disabled={stop.isPending}
              onClick={() => stop.mutate()}
            />
          )}
        </span>
      )
    }
    case 'noLibrary':
      return (
        <span className={css.weights}>
          <StateDot tone="quiet" />
          {model.message || texts.noLibrary(model.library)}
        </span>
      )
    default:
      return (
        <span className={css.weights}>
          {model.state === 'failed' && (
            <span className={css.failed}>{model.message || texts.failed}</span>
          )}
          {!staff && model.state === 'missing' && texts.staffDownload}
          {staff && (
            <Button
              label={texts.downloadName(name)}
              aria-label={texts.downloadName(name)}
              icon={
                model.state === 'failed' ? (
                  <RotateCw aria-hidden size={15} />
                ) : (
                  <Download aria-hidden size={15} />
                )
              }
              disabled={fetching.isPending}
              onClick={() => fetching.mutate()}
            >
              {model.state === 'failed' ? texts.tryAgain : texts.download}
            </Button>
          )}
        </span>
      )
  }
}
