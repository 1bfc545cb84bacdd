USE [Shop]
GO
/****** Object:  Table [dbo].[Customers]    it's one ******/
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Customers](
	[Id] [int] IDENTITY(1,1) NOT NULL,
	[Email] [nvarchar](200) MASKED WITH (FUNCTION = 'email()') NULL,
 CONSTRAINT [PK_Customers] PRIMARY KEY CLUSTERED ([Id] ASC) ON [PRIMARY]
) ON [PRIMARY]
GO
CREATE TABLE [dbo].[Orders](
	[Id] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
	[Name] [nvarchar](max) COLLATE Modern_Spanish_CI_AS NULL,
	[x] [xml](CONTENT [dbo].[sc]) NULL,
	[tot]  AS ([a]*[b]) PERSISTED,
	[sp] [int] SPARSE NULL,
	[em] [nvarchar](50) MASKED WITH (FUNCTION = 'email()') NULL,
	[r] [uniqueidentifier] ROWGUIDCOL NOT NULL CONSTRAINT [df] DEFAULT (newsequentialid()),
	[ValidFrom] [datetime2](7) GENERATED ALWAYS AS ROW START NOT NULL,
 CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED 
(
	[Id] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY],
	PERIOD FOR SYSTEM_TIME ([ValidFrom], [ValidTo])
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
WITH ( SYSTEM_VERSIONING = ON (HISTORY_TABLE = [dbo].[OrdersHistory]))
GO
CREATE UNIQUE NONCLUSTERED INDEX [ux] ON [dbo].[Orders]
(
	[Name] ASC
)
GO
ALTER TABLE [dbo].[Orders]  WITH CHECK ADD  CONSTRAINT [FK] FOREIGN KEY([sp])
REFERENCES [dbo].[Customers] ([Id])
ON DELETE CASCADE
GO
CREATE TRIGGER [dbo].[tr] ON [dbo].[Orders] AFTER INSERT AS BEGIN SELECT 1; END
GO
ALTER DATABASE [Shop] SET DELAYED_DURABILITY = DISABLED
GO
CREATE TABLE [dbo].[Audit](
	[At] [datetime2](7) NOT NULL,
	[Text] [nvarchar](max) NOT NULL,
	[Any] [sql_variant] NULL,
	[Place] [geometry] NULL
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
CREATE CLUSTERED COLUMNSTORE INDEX [cci] ON [dbo].[Audit]
GO
INSERT [dbo].[Customers] ([Id], [Email]) VALUES (1, N'a;''b
GO
')
INSERT [dbo].[Customers] ([Id], [Email]) VALUES (2, CAST(N'2020' AS DateTime))
GO
