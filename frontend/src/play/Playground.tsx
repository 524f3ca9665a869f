/** A workflow as a form beside its results: two columns where there is room, one on a phone. */
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Schema } from '../api/play'
import { withoutLost } from '../ui/play-form/ownFiles'
import {
  type FormField,
  formProblems,
  initialValues,
  inputsOf,
  type Values,
} from '../ui/play-form/schema'
import { PlayHistory } from './earlier/PlayHistory'
import { PlayForm } from './form/PlayForm'
import css from './Playground.module.css'
import { PlayHeader } from './PlayHeader'
import { PlayOutcome } from './run/PlayOutcome'
import type { Player } from './run/player'
import { texts } from './texts'

interface Props {
  slug: string
  user: string
  schema: Schema
  form: readonly FormField[]
  player: Player
  member: boolean
  mayRun: boolean
  isPublic: boolean
  titles: (id: string) => string
}

export function Playground(props: Props) {
  const { slug, user, schema, form, player, member, mayRun, isPublic, titles } = props
  const runs = useStore(player.state, state => state.runs)
  const shown = useStore(player.state, state => state.shown)
  const phase = useStore(player.state, state => state.phase)
  const [values, setValues] = useState<Values>(() => {
    const initial = initialValues(form)
    return { ...initial, ...withoutLost(player.state.getState().shown?.inputs ?? {}) }
  })
  const outcome = useRef<HTMLElement>(null)

  const change = (name: string, value: Values[string]) => {
    player.forgive(name)
    setValues(before => ({ ...before, [name]: value }))
  }
  const run = () => {
    const problems = formProblems(form, values)
    player.refuse(problems)
    const first = form.find(({ name }) => problems[name])
    if (first) document.getElementById(`play-${first.name}`)?.focus()
    else void player.run(inputsOf(form, values))
  }
  // On a phone the results are below the form: go there when there is something to see.
  useEffect(() => {
    const element = outcome.current
    if (phase !== 'running' || !element) return
    if (element.getBoundingClientRect().top > innerHeight * 0.6) {
      element.scrollIntoView({ block: 'start', behavior: 'smooth' })
    }
  }, [phase])

  return (
    <div className={css.page}>
      <PlayHeader
        slug={slug}
        user={user}
        editor={member ? `/app/editor/${slug}` : null}
        version={'version' in schema ? schema.version : undefined}
        share={isPublic}
      />
      <main className={css.main}>
        <div className={css.title}>
          <h1>{schema.name}</h1>
          {schema.description && <p>{schema.description}</p>}
        </div>
        <PlayForm
          slug={slug}
          form={form}
          values={values}
          player={player}
          member={member}
          mayRun={mayRun}
          user={user}
          cost={'estimatedCreditCost' in schema ? schema.estimatedCreditCost : undefined}
          usual={runs.find(past => past.status === 'completed')?.ms ?? null}
          onChange={change}
          onRun={run}
        />
        <section className={css.outcome} ref={outcome} aria-label={texts.result}>
          <PlayOutcome
            slug={slug}
            example={schema.cover}
            player={player}
            titles={titles}
            member={member}
          />
          {runs.length > 1 && (
            <PlayHistory
              slug={slug}
              runs={runs}
              shown={shown?.id ?? null}
              busy={phase !== 'idle'}
              onShow={past => {
                player.show(past)
                setValues({ ...initialValues(form), ...withoutLost(past.inputs) })
              }}
              onForget={() => player.forget()}
            />
          )}
        </section>
      </main>
    </div>
  )
}
