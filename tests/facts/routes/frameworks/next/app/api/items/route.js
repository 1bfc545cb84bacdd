export async function GET() {
  return Response.json([])
}

export const POST = async (request) => Response.json(await request.json())
