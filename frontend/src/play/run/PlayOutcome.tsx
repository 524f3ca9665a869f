/** What is beside the form: the run that is going on, a result, a failure, or an example. */

import { CircleSlash, Sparkles, TriangleAlert } from 'lucide-react'
import { useStore } from 'zustand'
import type { Cover } from '../../api/schema'
import { ChooseKeys } from '../form/ChooseKeys'
import { PlayExample } from '../PlayExample'
import { texts } from '../texts'
import css from './PlayOutcome.module.css'
import { PlayProgress } from './PlayProgress'
import { PlayResult } from './PlayResult'
import { partsOf } from './parts'
import type { Player } from './player'

interface Props {
  slug: string
  /** What is shown until there is a result of one's own. */
  example: Cover | null
  player: Player
  titles: (id: string) => string
  member: boolean
}

export function PlayOutcome({ slug, example, player, titles, member }: Props) {
  const phase = useStore(player.state, state => state.phase)
  const shown = useStore(player.state, state => state.shown)
  if (phase === 'running' && shown) {
    return <PlayProgress player={player} since={Date.parse(shown.at)} titles={titles} />
  }
  if (!shown || shown.status === 'processing') {
    const empty = (
      <div className={css.empty}>
        <Sparkles aria-hidden size={26} strokeWidth={1.6} />
        <p>{phase === 'starting' ? texts.starting : texts.theResultOfTheWorkflowWill}</p>
      </div>
    )
    return example && phase === 'idle' ? <PlayExample {...example} otherwise={empty} /> : empty
  }
  if (shown.status === 'failed') {
    const where = shown.failedNode ? titles(shown.failedNode) : null
    return (
      <div className={css.failure} role="alert">
        <TriangleAlert aria-hidden size={20} />
        <div>
          <h2>{where ? texts.nameFailed(where) : texts.theRunFailed}</h2>
          <p>{shown.message || texts.noReasonWasGiven}</p>
          <div className={css.ways}>
            {shown.needsKey && <ChooseKeys slug={slug} />}
            {member && <a href={`/app/editor/${slug}`}>{texts.openInTheEditor}</a>}
          </div>
        </div>
      </div>
    )
  }
  if (shown.status === 'cancelled') {
    return (
      <div className={css.empty}>
        <CircleSlash aria-hidden size={24} strokeWidth={1.6} />
        <p>{texts.thisRunWasCancelled}</p>
      </div>
    )
  }
  const parts = partsOf(shown.result)
  if (!parts.length) {
    return (
      <div className={css.empty}>
        <p>{texts.theRunIsDone}</p>
      </div>
    )
  }
  return (
    <PlayResult
      key={shown.id}
      slug={slug}
      parts={parts}
      ms={shown.ms}
      run={member && !shown.pollUrl ? shown.id : null}
    />
  )
}
