import { area as account } from "./account.ts";
import { area as actions } from "./actions.ts";
import { area as apps } from "./apps/area.ts";
import type { Area } from "./area.ts";
import { area as cdn } from "./cdn.ts";
import { area as certificates } from "./certificates.ts";
import { area as databases } from "./databases/area.ts";
import { area as domains } from "./domains/area.ts";
import { area as droplets } from "./droplets/area.ts";
import { area as firewalls } from "./firewalls.ts";
import { area as images } from "./images/area.ts";
import { area as loadBalancers } from "./load-balancers/area.ts";
import { area as monitoring } from "./monitoring/area.ts";
import { area as projects } from "./projects.ts";
import { area as regions } from "./regions.ts";
import { area as registries } from "./registries.ts";
import { area as reservedIps } from "./reserved-ips.ts";
import { area as sizes } from "./sizes.ts";
import { area as spaces } from "./spaces.ts";
import { area as sshKeys } from "./ssh-keys.ts";
import { area as tags } from "./tags.ts";
import { area as natGateways } from "./vpc-nat-gateways.ts";
import { area as peerings } from "./vpc-peerings.ts";
import { area as vpcs } from "./vpcs.ts";

/** The whole API, in the order of the console. */
export const AREAS: readonly Area[] = [
  apps,
  databases,
  spaces,
  cdn,
  droplets,
  vpcs,
  peerings,
  natGateways,
  firewalls,
  reservedIps,
  loadBalancers,
  domains,
  certificates,
  monitoring,
  registries,
  sshKeys,
  images,
  projects,
  tags,
  account,
  regions,
  sizes,
  actions,
];
