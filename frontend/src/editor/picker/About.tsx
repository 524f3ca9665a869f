/** What is known of the highlighted model, and what can be done with it. */
import { useQueryClient } from '@tanstack/react-query'
import { Download, Star } from 'lucide-react'
import { localModelStop } from '../../api/models'
import type { LocalModel, TaskModel } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { fileSize } from '../../lib/format'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Glyph } from '../../ui/ports/Glyph'
import { toggleFavorite } from '../../ui/providers/kept'
import { percentOf } from '../../ui/providers/local'
import { useSession } from '../session'
import css from './About.module.css'
import { texts } from './texts'

/** Ends the id of a row that represents models no one can see without a key. */
const UNSEEN = '/*'

interface Props {
  model: TaskModel
  /** What is on this server of it; undefined for one that runs elsewhere. */
  local: LocalModel | undefined
  inUse: boolean
  favorite: boolean
  onUse: () => void
  onConnect: () => void
  onFetch: () => void
}

export function About({ model, local, inUse, favorite, ...does }: Props) {
  const here = model.provider === 'local' || model.provider === 'workflow'
  const price = model.price || (model.provider === 'local' ? texts.free : '')
  return (
    <section className={css.about} aria-label={model.name}>
      <div className={css.title}>
        <h3>{model.name}</h3>
        <Button
          tone="ghost"
          label={favorite ? texts.removeFavorite : texts.addFavorite}
          aria-pressed={favorite}
          icon={<Star size={15} data-on={favorite || undefined} />}
          onClick={() => toggleFavorite(model.id)}
        />
      </div>
      <p className={css.id}>{model.id}</p>
      {(model.note || local?.description) && <p>{model.note || local?.description}</p>}
      <dl>
        <Ports name={texts.takes} types={model.takes} />
        <Ports name={texts.gives} types={model.gives} />
        <Fact name={texts.price} value={price} />
        <Fact name={texts.size} value={local ? fileSize(local.bytes) : ''} />
        <Fact name={texts.license} value={local?.weightsLicense || local?.license || ''} />
      </dl>
      <p className={css.leaves}>{here ? texts.staysHere : texts.goesTo(model.providerName)}</p>
      {!model.resumes && <p className={css.leaves}>{texts.requestedAgain}</p>}
      {model.missing && <p className={css.missing}>{model.missing}</p>}
      <div className={css.acts}>
        <Acts model={model} local={local} inUse={inUse} {...does} />
      </div>
    </section>
  )
}

function Acts({ model, local, inUse, onUse, onConnect, onFetch }: Omit<Props, 'favorite'>) {
  const use = (tone: 'primary' | 'plain', words: string) => (
    <Button tone={tone} onClick={onUse}>
      {inUse ? texts.useInUse : words}
    </Button>
  )
  switch (model.state) {
    case 'ready':
      return use('primary', texts.useThisModel)
    case 'needsKey':
      return (
        <>
          <Button tone="primary" onClick={onConnect}>
            {texts.connectProvider(model.providerName)}
          </Button>
          {!model.id.endsWith(UNSEEN) && use('plain', texts.useAnyway)}
        </>
      )
    case 'needsWeights':
      return (
        <>
          {local?.state === 'fetching' ? (
            <Progress local={local} />
          ) : (
            <Button tone="primary" icon={<Download size={15} />} onClick={onFetch}>
              {local ? texts.fetch(fileSize(local.bytes)) : texts.fetchAgain}
            </Button>
          )}
          {local?.state === 'failed' && <p className={css.missing}>{local.message}</p>}
          {use('plain', texts.useAnyway)}
        </>
      )
    case 'off':
      return use('plain', texts.useAnyway)
  }
}

function Progress({ local }: { local: LocalModel }) {
  const client = useQueryClient()
  const percent = percentOf(local)
  const stop = async () => {
    try {
      await localModelStop(local.id)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
    await client.invalidateQueries({ queryKey: ['local models'] })
  }
  return (
    <div className={css.progress}>
      <progress max={100} value={percent} aria-label={texts.fetching(percent)} />
      <span>{texts.fetching(percent)}</span>
      <Button onClick={() => void stop()}>{texts.stop}</Button>
    </div>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  if (!value) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Ports({ name, types }: { name: string; types: readonly string[] }) {
  const { rules } = useSession().catalog
  if (!types.length) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {types.map(type => (
          <span key={type}>
            <Glyph type={type} />
            {rules.label(type)}
          </span>
        ))}
      </dd>
    </div>
  )
}
