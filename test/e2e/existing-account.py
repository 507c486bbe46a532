"""An account as somebody has it who made everything by hand, made with DigitalOcean's own client. Prints its ids as JSON.

Takes DIGITALOCEAN_API_URL and DIGITALOCEAN_TOKEN. Has no bucket: DigitalOcean's API makes none.
"""

import json
import os

from pydo import Client

client = Client(token=os.environ["DIGITALOCEAN_TOKEN"], endpoint=os.environ["DIGITALOCEAN_API_URL"])
http = {"enforce_https": False}  # the local cloud speaks plain http

# The default VPC of the region, in which everything lands that says nothing else.
vpcs = client.vpcs.list(**http)["vpcs"]
vpc = next(each for each in vpcs if each["region"] == "fra1" and each["default"])


def cluster(name, engine, version):
    body = {"name": name, "engine": engine, "version": version, "size": "db-s-1vcpu-2gb", "region": "fra1"}
    body |= {"num_nodes": 1, "tags": ["production"]}
    made = client.databases.create_cluster(body, **http)["database"]["id"]
    client.databases.update_firewall_rules(made, {"rules": [{"type": "ip_addr", "value": "203.0.113.7"}]}, **http)
    client.databases.add(made, {"name": "shop"}, **http)
    client.databases.add_user(made, {"name": "shop"}, **http)
    return made


postgres = cluster("shop-db", "pg", "17")
pool = {"name": "shop-pool", "mode": "transaction", "size": 10, "db": "shop", "user": "shop"}
client.databases.add_connection_pool(postgres, pool, **http)
mongo = cluster("shop-mongo", "mongodb", "8.0")

image = {"registry_type": "DOCKER_HUB", "registry": "shop", "repository": "api", "tag": "v1"}
service = {"name": "api", "image": image, "http_port": 8080, "instance_count": 1}
service |= {"instance_size_slug": "apps-s-1vcpu-0.5gb", "envs": [{"key": "LOG_LEVEL", "value": "info"}]}
app = client.apps.create({"spec": {"name": "shop-api", "region": "fra", "services": [service]}}, **http)["app"]

client.domains.create({"name": "shop.example"}, **http)
mail = {"type": "MX", "name": "@", "data": "mail.shop.example.", "priority": 10}
client.domains.create_record("shop.example", mail, **http)

print(json.dumps({"vpc": vpc["id"], "range": vpc["ip_range"], "postgres": postgres, "mongo": mongo, "app": app["id"]}))
