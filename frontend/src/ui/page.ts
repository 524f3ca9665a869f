/** What Django's shell hands to a page of the frontend; `main.tsx` mounts it. */
export interface PageProps {
  slug: string
  /** The name of who is logged in; empty for a visitor. */
  user: string
  /** What a visitor may do here: "run", or nothing. */
  allows: string
}
