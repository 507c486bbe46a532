import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { nameProblem } from "./names.ts";

export interface ProjectArgs {
  /** Name at DigitalOcean, unique in the account, 175 characters at most. @default the component's logical name */
  projectName?: string;
  /** What it is for, 255 characters at most. @default "Web Application" */
  purpose?: string;
  /** 255 characters at most. @default none */
  description?: string;
  /**
   * Tag of everything in it: letters, digits, colons, dashes and underscores, lower-case. It is the project's own and goes
   * with it, so no two projects of an account may share one.
   */
  tag: string;
  /** How the control panel labels it. */
  environment: "Development" | "Staging" | "Production";
  /** Id of a project that exists and that this stack takes over. @default none */
  import?: string;
  /** Leave the project behind when it leaves the stack: it can't be deleted while it holds anything. @default true */
  retain?: boolean;
  /** Changes the wrapped resources `project` and `tag`. @default unchanged */
  transform?: { project?: Transform<digitalocean.ProjectArgs>; tag?: Transform<digitalocean.TagArgs> };
}

/**
 * A DigitalOcean project: the folder in which the control panel shows a stack, and its bill. Cost: none.
 *
 * A resource has one owner of its place: databases and apps are given `projectId`; what knows no `projectId` is
 * filed with {@link Project.file}. Doing both makes the two fight at every update (terraform-provider-digitalocean#585).
 */
export class Project extends Component {
  /** UUID, which resources take as `projectId`. */
  readonly projectId: pulumi.Output<string>;
  /** The tag, once it exists. DigitalOcean would make it with the first resource that carries it, and then keep it for ever. */
  readonly tag: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: ProjectArgs, opts?: pulumi.ComponentResourceOptions) {
    const projectName = args.projectName ?? name;
    const problems = [
      ["projectName", projectName, nameProblem("digitalocean:index/project:Project", projectName)],
      ["tag", args.tag, nameProblem("digitalocean:index/tag:Tag", args.tag)],
    ].filter(([, , problem]) => problem);
    if (problems.length)
      throw new InvalidArguments(
        name,
        problems.map((parts) => parts.join(" ")),
      );
    const { environment, description, purpose = "Web Application" } = args;
    super("breakwater:organization:Project", name, { projectName, environment, purpose }, opts);
    const project = this.child(
      digitalocean.Project,
      "project",
      { name: projectName, environment, description, purpose },
      { retainOnDelete: args.retain ?? true, import: args.import },
      args.transform?.project,
    );
    const tag = this.child(
      digitalocean.Tag,
      "tag",
      { name: args.tag },
      { retainOnDelete: args.retain ?? true },
      args.transform?.tag,
    );
    this.projectId = project.id;
    this.tag = tag.name;
    this.registerOutputs({ projectId: this.projectId, tag: this.tag });
  }

  /** Files resources that know no `projectId` (droplets, balancers, domains, buckets), by their URNs at DigitalOcean. */
  file(suffix: string, urns: pulumi.Input<pulumi.Input<string>[]>): digitalocean.ProjectResources {
    return this.child(digitalocean.ProjectResources, suffix, { project: this.projectId, resources: urns });
  }
}
