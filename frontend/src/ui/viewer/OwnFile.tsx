/** The star and the collections of a file of the user's own, beside it. */
import { useQuery } from '@tanstack/react-query'
import { FileControls } from '../asset-list/FileControls'
import { detailsQuery } from '../asset-list/queries'

export function OwnFile({ id }: { id: string }) {
  // A file that no longer exists, or is not written yet, has neither.
  const { data } = useQuery({ ...detailsQuery(id), retry: false })
  return data ? <FileControls asset={data} /> : null
}
