/** The playground page: loads the inputs of the workflow and shows them as a form with results. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { publicSchemaGet, type Schema, schemaGet } from '../api/play'
import { catalogGet, workflowGet } from '../api/workflows'
import { ApiError, errorMessage } from '../lib/errors'
import type { PageProps } from '../ui/page'
import { formOf } from '../ui/play-form/schema'
import { Toasts } from '../ui/shell/Toasts'
import { Playground } from './Playground'
import { PlaySkeleton } from './PlaySkeleton'
import { PlayFailure } from './run/PlayFailure'
import { Player } from './run/player'
import { stepTitles } from './titles'

interface Opened {
  schema: Schema
  member: boolean
}

/** As the user themselves if they may read it, else as everybody. */
async function open(slug: string, user: string): Promise<Opened> {
  if (user) {
    try {
      return { schema: await schemaGet(slug), member: true }
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error
    }
  }
  return { schema: await publicSchemaGet(slug), member: false }
}

export default function PlayPage({ slug, user, allows }: PageProps) {
  const opened = useQuery({
    queryKey: ['schema', slug],
    queryFn: () => open(slug, user),
    staleTime: Number.POSITIVE_INFINITY,
    retry: (times, error) => times < 2 && !(error instanceof ApiError && error.status < 500),
  })
  if (opened.error) {
    const missing = opened.error instanceof ApiError && opened.error.status === 404
    return <PlayFailure missing={missing} message={errorMessage(opened.error)} />
  }
  if (!opened.data) return <PlaySkeleton />
  const { schema, member } = opened.data
  return (
    <>
      <Opened slug={slug} user={user} schema={schema} member={member} mayRun={allows === 'run'} />
      <Toasts />
    </>
  )
}

interface Props extends Opened {
  slug: string
  user: string
  mayRun: boolean
}

function Opened({ slug, user, schema, member, mayRun }: Props) {
  const [form] = useState(() => formOf(schema))
  const [player] = useState(() => new Player({ slug, user, form, member }))
  useEffect(() => player.start(), [player])
  // Only for names and links: the form does not wait for them.
  const workflow = useQuery({
    queryKey: ['workflow', slug],
    queryFn: () => workflowGet(slug),
    enabled: member,
  })
  const catalog = useQuery({ queryKey: ['nodes'], queryFn: catalogGet, enabled: member })
  return (
    <Playground
      slug={slug}
      user={user}
      schema={schema}
      form={form}
      player={player}
      member={member}
      mayRun={mayRun}
      isPublic={member ? workflow.data?.publicPlayground === true : true}
      titles={stepTitles(workflow.data, catalog.data)}
    />
  )
}
