"""Elastic IP addresses, NAT gateways, rules of security groups and the firewall: in the emulator's API, not in its CloudFormation."""

from collections.abc import Callable
from typing import Any

from ministack.services import ec2, waf

from .apis import ask, element
from .resource_types import HANDLERS, Made, Properties


def lend_apis() -> None:
    HANDLERS["AWS::EC2::EIP"] = {"create": create_address, "delete": delete_address}
    HANDLERS["AWS::EC2::NatGateway"] = {"create": create_nat_gateway, "delete": delete_nat_gateway}
    HANDLERS["AWS::EC2::SecurityGroupIngress"] = group_rule(
        ec2._authorize_sg_ingress, ec2._revoke_sg_ingress, "SourceSecurityGroupId"
    )
    HANDLERS["AWS::EC2::SecurityGroupEgress"] = group_rule(
        ec2._authorize_sg_egress, ec2._revoke_sg_egress, "DestinationSecurityGroupId"
    )
    HANDLERS["AWS::WAFv2::WebACLAssociation"] = {"create": associate_firewall, "delete": disassociate_firewall}


def create_address(logical_id: str, properties: Properties, stack: str) -> Made:
    body = ask(ec2._allocate_address, {"Domain": properties.get("Domain", "vpc")})
    address = element(body, "publicIp")
    return address, {"AllocationId": element(body, "allocationId"), "PublicIp": address}


def delete_address(physical_id: str, properties: Properties) -> None:
    for allocation, record in list(ec2._addresses.items()):
        if record["PublicIp"] == physical_id:
            ask(ec2._release_address, {"AllocationId": allocation})


def create_nat_gateway(logical_id: str, properties: Properties, stack: str) -> Made:
    wanted = {key: properties.get(key) for key in ("SubnetId", "AllocationId", "ConnectivityType")}
    if wanted["AllocationId"] and wanted["AllocationId"] not in ec2._addresses:
        raise ValueError(f"Elastic IP address [{wanted['AllocationId']}] does not exist")
    if wanted["SubnetId"] not in ec2._subnets:
        raise ValueError(f"The subnet ID '{wanted['SubnetId']}' does not exist")
    gateway = element(ask(ec2._create_nat_gateway, wanted), "natGatewayId")
    return gateway, {"NatGatewayId": gateway}


def delete_nat_gateway(physical_id: str, properties: Properties) -> None:
    ask(ec2._delete_nat_gateway, {"NatGatewayId": physical_id})


def group_rule(add: Callable[..., Any], remove: Callable[..., Any], other_group: str) -> dict[str, Any]:
    def parameters(properties: Properties) -> Properties:
        first = "IpPermissions.1"
        return {
            "GroupId": properties["GroupId"],
            f"{first}.IpProtocol": properties["IpProtocol"],
            f"{first}.FromPort": properties.get("FromPort"),
            f"{first}.ToPort": properties.get("ToPort"),
            f"{first}.IpRanges.1.CidrIp": properties.get("CidrIp"),
            f"{first}.UserIdGroupPairs.1.GroupId": properties.get(other_group),
        }

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        return element(ask(add, parameters(properties)), "securityGroupRuleId"), {}

    def delete(physical_id: str, properties: Properties) -> None:
        ask(remove, parameters(properties))

    return {"create": create, "delete": delete}


def associate_firewall(logical_id: str, properties: Properties, stack: str) -> Made:
    waf._associate_web_acl({"WebACLArn": properties["WebACLArn"], "ResourceArn": properties["ResourceArn"]})
    return f"{properties['WebACLArn']}|{properties['ResourceArn']}", {}


def disassociate_firewall(physical_id: str, properties: Properties) -> None:
    waf._disassociate_web_acl({"ResourceArn": properties["ResourceArn"]})
