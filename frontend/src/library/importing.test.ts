import { expect, it } from 'vitest'
import { NotAWorkflow, readWorkflowFile } from './importing'

const file = (text: string, name = 'My flow.json') => new File([text], name)
const refusal = (text: string) =>
  readWorkflowFile(file(text)).then(
    () => 'accepted',
    (error: unknown) => (error instanceof NotAWorkflow ? error.message : 'another error'),
  )

it('keys we do not know travel along', async () => {
  const body = await readWorkflowFile(
    file('{"name":"Kept","nodes":[],"edges":[],"somebodysKey":{"a":1},"archived":true}'),
  )
  expect(body).toMatchObject({ name: 'Kept', somebodysKey: { a: 1 }, archived: false })
})

it('a file without a name is called by its file name', async () => {
  expect((await readWorkflowFile(file('{"nodes":[],"edges":[]}'))).name).toBe('My flow')
})

it('what is no workflow is refused with a sentence that says what was expected', async () => {
  expect(await refusal('hello')).toMatch(/My flow\.json is not a JSON file/)
  expect(await refusal('[]')).toMatch(/JSON object was expected/)
  expect(await refusal('{"nodes":{}}')).toMatch(/no list of nodes/)
  expect(await refusal('{"nodes":[]}')).toMatch(/no list of edges/)
})

it('a file over the limit is refused before it is read', async () => {
  const huge = { name: 'huge.json', size: 9 * 1024 * 1024 } as File
  await expect(readWorkflowFile(huge)).rejects.toThrow(/larger than 8 MB/)
})
