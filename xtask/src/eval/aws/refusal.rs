//! How EC2 says no, in its own words.

use crate::sample::record::Call;

/// Why a call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    DryRun,
    Denied,
    /// An explicit deny: the policy that AWS attaches to the owner of a leaked key.
    Quarantined,
    /// More virtual processors than this limit.
    OverLimit(u32),
    NoCapacity,
    Unverified,
    NotOptedIn,
    SpotLimit,
}

impl Refusal {
    pub(crate) fn of(self, call: Call) -> Call {
        call.refused(self.code(), self.message())
    }

    fn code(self) -> &'static str {
        match self {
            Self::DryRun => "Client.DryRunOperation",
            Self::Denied | Self::Quarantined => "Client.UnauthorizedOperation",
            Self::OverLimit(_) => "Client.VcpuLimitExceeded",
            Self::NoCapacity => "Server.InsufficientInstanceCapacity",
            Self::Unverified => "Client.PendingVerification",
            Self::NotOptedIn => "Client.OptInRequired",
            Self::SpotLimit => "Client.MaxSpotInstanceCountExceeded",
        }
    }

    fn message(self) -> String {
        match self {
            Self::DryRun => "Request would have succeeded, but DryRun flag is set.".to_owned(),
            Self::Denied => "You are not authorized to perform this operation. No identity-based policy allows the \
                             ec2:RunInstances action. Encoded authorization failure message: 4WnTb0cZq"
                .to_owned(),
            Self::Quarantined => "You are not authorized to perform this operation. User is not authorized to perform \
                                  this action with an explicit deny in an identity-based policy. Encoded \
                                  authorization failure message: Ld8PvXhtQ"
                .to_owned(),
            Self::OverLimit(limit) => format!(
                "You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the instance \
                 bucket that the specified instance type belongs to. Please visit \
                 http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
            ),
            Self::NoCapacity => "We currently do not have sufficient capacity in the Availability Zone you requested. \
                                 Our system will be working on provisioning additional capacity."
                .to_owned(),
            Self::Unverified => "Your request for accessing resources in this region is being validated, and you will \
                                 not be able to launch additional resources in this region until the validation is \
                                 complete."
                .to_owned(),
            Self::NotOptedIn => "You are not subscribed to this service. Please go to http://aws.amazon.com to \
                                 subscribe."
                .to_owned(),
            Self::SpotLimit => "Max spot instance count exceeded".to_owned(),
        }
    }
}
