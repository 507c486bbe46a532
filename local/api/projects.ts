import * as z from "zod";
import { type Call, ok, timestamp } from "../call.ts";
import { badRequest, conflict, forbidden, preconditionFailed } from "../errors.ts";
import { page } from "../paging.ts";
import { defaultProject, moveToProject, projectOf } from "../relations.ts";
import { create, resource, update } from "../resource.ts";
import type { Link, Saved } from "../store.ts";
import { ACCOUNT } from "./account.ts";
import type { Area } from "./area.ts";

export interface Project {
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  /** Milliseconds since the epoch. */
  updated: number;
}

/** What a project can hold, by the type in a URN, and where one of it is read (API description, "Project Resources"). */
const HOLDS = new Map(
  Object.entries({
    app: "apps",
    dbaas: "databases",
    domain: "domains",
    droplet: "droplets",
    floatingip: "floating_ips",
    kubernetes: "kubernetes/clusters",
    loadbalancer: "load_balancers",
    reservedip: "reserved_ips",
    space: "spaces",
    volume: "volumes",
    vpcnatgateway: "vpc_nat_gateways",
  }),
);

/** Other purposes are kept with the prefix `Other: ` (API description, projects_create). */
const PURPOSES = [
  "Just trying out DigitalOcean",
  "Class project / Educational purposes",
  "Website or blog",
  "Web Application",
  "Service or API",
  "Mobile Application",
  "Machine learning / AI / Data processing",
  "IoT",
  "Operational / Developer tooling",
];

const Name = z.string().min(1).max(175);
const Text = z.string().max(255);
const Environment = z
  .string()
  .transform((text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase())
  .refine(
    (text) => ["Development", "Staging", "Production", ""].includes(text),
    "must be Development, Staging or Production",
  );

const Changes = z.object({
  name: Name.nullish(),
  description: Text.nullish(),
  purpose: Text.min(1).nullish(),
  environment: Environment.nullish(),
  is_default: z.boolean().nullish(),
});
const Whole = z.object({
  name: Name,
  description: Text,
  purpose: Text.min(1),
  environment: Environment,
  is_default: z.boolean(),
});

export const projects = resource<Project>({
  kind: "project",
  path: "/v2/projects",
  roots: ["project", "projects"],
  nameTaken: () => conflict("name is already in use"),
  alias: (id, call) => (id === "default" ? defaultProject(call).id : id),

  create: create({
    input: z.object({
      name: Name,
      description: Text.nullish(),
      purpose: Text.min(1),
      environment: Environment.nullish(),
    }),
    make: (input, call) => ({
      name: input.name,
      description: input.description ?? "",
      purpose: purposeOf(input.purpose),
      environment: input.environment ?? "",
      is_default: false,
      updated: call.now,
    }),
  }),

  update: {
    PUT: update({ input: Whole, apply: changed }),
    PATCH: update({ input: Changes, apply: changed }),
  },

  remove: {
    refuse(project, call) {
      if (project.is_default) throw forbidden("cannot delete the default project");
      if (resourcesOf(project, call).length > 0)
        throw preconditionFailed("cannot delete a project with resources");
    },
  },

  view: (project) => ({
    id: project.id,
    owner_uuid: ACCOUNT.uuid,
    owner_id: ACCOUNT.owner_id,
    name: project.name,
    description: project.description,
    purpose: project.purpose,
    environment: project.environment,
    is_default: project.is_default,
    created_at: timestamp(project.createdAt),
    updated_at: timestamp(project.updated),
  }),
  row: (project, call) => ({
    detail: `${resourcesOf(project, call).length} resources${project.is_default ? ", default" : ""}`,
  }),
});

projects.read("/resources", (project, call) =>
  page(call, "resources", resourcesOf(project, call), (link) =>
    resourceView(call, link.holder, link.since, "ok"),
  ),
);

const Assignment = z.object({ resources: z.array(z.string()) });

projects.on("POST", "/resources", Assignment, (project, { resources }, call) => {
  const foreign = resources.find((urn) => !HOLDS.has(typeOf(urn)));
  if (foreign !== undefined) throw badRequest(`resource type is not supported by projects: ${foreign}`);
  return ok({ resources: resources.map((urn) => assign(project, urn, call)) });
});

function assign(project: Saved<Project>, urn: string, call: Call): object {
  if (!call.store.byUrn(urn)) return resourceView(call, urn, call.now, "not_found");
  if (projectOf(call, urn) === project.id) return resourceView(call, urn, call.now, "already_assigned");
  moveToProject(call, urn, project.id);
  return resourceView(call, urn, call.now, "assigned");
}

const resourcesOf = (project: Saved<Project>, call: Call): Link[] =>
  call.store.holders("project", project.id, call.now);

const resourceView = (call: Call, urn: string, since: number, status: string) => ({
  urn,
  assigned_at: timestamp(since),
  links: { self: `${call.url}/v2/${HOLDS.get(typeOf(urn))}/${urn.split(":").slice(2).join(":")}` },
  status,
});

const typeOf = (urn: string): string => /^do:([a-z]+):./.exec(urn)?.[1] ?? "";

const purposeOf = (text: string): string =>
  PURPOSES.includes(text) || text.startsWith("Other: ") ? text : `Other: ${text}`;

function changed(project: Saved<Project>, input: z.output<typeof Changes>, call: Call): Saved<Project> {
  if (project.is_default && input.is_default === false)
    throw badRequest("is_default can not be unset: make another project the default one");
  const previous = defaultProject(call);
  if (input.is_default && previous.id !== project.id) {
    const before = projects.must(call, previous.id, "");
    projects.save(call, { ...before, is_default: false });
  }
  return {
    ...project,
    name: input.name ?? project.name,
    description: input.description ?? project.description,
    purpose: input.purpose ? purposeOf(input.purpose) : project.purpose,
    environment: input.environment ?? project.environment,
    is_default: input.is_default ?? project.is_default,
    updated: call.now,
  };
}

function seed(call: Call): void {
  projects.insert(call, {
    name: "first-project",
    description: "Update your project information under Settings",
    purpose: "Just trying out DigitalOcean",
    environment: "Development",
    is_default: true,
    updated: call.now,
  });
}

export const area: Area = { title: "Projects", resources: [projects], seed };
